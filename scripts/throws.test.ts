import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type ts from 'typescript-5';
import { findThrows } from './throws/findThrows.ts';
import { loadProgram } from './throws/loadProgram.ts';
import type { Unit } from './throws/units.ts';

const ROOT = dirname(__dirname);
const isTested = ({ fileName }: ts.SourceFile) => !/\.test\.ts$|\.fixtures\.ts$|\/testing\//.test(fileName);

const place = ({ name, declaration }: Unit): string => {
  const source = declaration.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart());
  return `${relative(ROOT, source.fileName)}:${line + 1} ${name}`;
};

describe('each exported function that can throw an AppError', () => {
  let throwing: readonly Unit[];

  beforeAll(() => {
    const units = findThrows(loadProgram(ROOT, ['functions/src', 'packages/*/src']));
    throwing = units.filter((unit) => unit.isPublic && unit.canThrow && isTested(unit.declaration.getSourceFile()));
    expect(throwing.map(({ name }) => name)).toContain('Ledger.submit');
  }, 300_000);

  it('has a @throws line', () => {
    const silent = throwing.filter(({ documented }) => documented === null);
    expect(silent.map((unit) => `${place(unit)}: ${[...unit.codes].sort()}`)).toEqual([]);
  });

  it('names the code of each error that the function itself creates', () => {
    const unnamed = throwing.flatMap((unit) => {
      const missing = [...unit.ownCodes].filter((code) => !unit.documented?.includes(code)).sort();
      return missing.length === 0 ? [] : [`${place(unit)}: ${missing}`];
    });
    expect(unnamed).toEqual([]);
  });
});

describe('functions that can throw are found', () => {
  /** Returns the error codes of each function of a source that can throw. */
  function found(source: string): Record<string, string[]> {
    const folder = mkdtempSync(join(tmpdir(), 'throws-'));
    try {
      writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"target":"ES2022","strict":true}}');
      const made = 'const made = (code: string) => new AppError(code);';
      const error = 'class AppError extends Error { constructor(readonly code: string) { super(code); } }';
      writeFileSync(join(folder, 'a.ts'), `${error}\n${made}\n${source}\n`);
      const units = findThrows(loadProgram(folder, ['*.ts'])).filter(({ canThrow }) => canThrow);
      return Object.fromEntries(units.map(({ name, codes }) => [name, [...codes]]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const thrower = "function thrower() { throw made('NOT_THERE'); }";

  it.each([
    ['through a call', 'export function caller() { thrower(); }'],
    ['through a function that is passed as argument', 'export const caller = () => [1].map(() => thrower());'],
    ['through a catch that rethrows', 'export function caller() { try { thrower(); } catch (e) { throw e; } }'],
    [
      'through a port',
      'interface Port {\n/** @throws NOT_THERE */\nask(): void }\nfunction caller(p: Port) { p.ask(); }',
    ],
  ])('%s', (_name, source) => {
    expect(found(`${thrower}\n${source}`)).toMatchObject({ caller: ['NOT_THERE'] });
  });

  it.each([
    ['behind a catch', 'export function caller() { try { thrower(); } catch { } }'],
    [
      'behind a catch that handles the code',
      "function caller() { try { thrower(); } catch (e) { if ((e as AppError).code !== 'NOT_THERE') throw e; } }",
    ],
    ['in a returned function', 'export function caller() { return () => thrower(); }'],
    ['if the error is not an AppError', "export function caller() { throw new Error('NOT_THERE'); }"],
  ])('not %s', (_name, source) => {
    expect(found(`${thrower}\n${source}`)).toEqual({ thrower: ['NOT_THERE'] });
  });
});
