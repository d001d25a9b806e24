import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '../../functions/src/platform/errors/errorRegistry.ts';
import { errorReference } from './errorReference.ts';

const ROOT = join(__dirname, '..', '..');
const REGISTRY = 'functions/src/platform/errors/errorRegistry.ts';
const MAKER = 'functions/src/platform/errors/refusal.ts';

/** Returns the texts of the sources that run in production, by path. */
function sources(...folders: string[]): Map<string, string> {
  const list = execFileSync('git', ['ls-files', '-z', ...folders], { cwd: ROOT, encoding: 'utf8' });
  const files = list.split('\0').filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

it('docs/reference/errors.md agrees with the registry (run `node scripts/run.mjs reference` to write it)', () => {
  expect(readFileSync(join(ROOT, 'docs', 'reference', 'errors.md'), 'utf8')).toBe(errorReference());
});

it('the registry is sorted, and its titles are sentences', () => {
  const codes = Object.keys(ERRORS);
  expect(codes).toEqual([...codes].sort());
  for (const { title } of Object.values(ERRORS)) expect(title).toMatch(/^[A-Z`].*\.$/);
});

it('only refusal.ts creates errors in the functions, so that each error has a code of the registry', () => {
  const made = [...sources('functions/src')].filter(([, text]) => /new AppError\(|extends AppError \{/.test(text));
  expect(made.map(([file]) => file)).toEqual([MAKER]);
});

it('every code of the registry is used by an error', () => {
  const isMaking = ([file]: [string, string]) => file !== REGISTRY && !file.endsWith('.routes.ts');
  const text = [...sources('functions/src', 'packages')]
    .filter(isMaking)
    .map(([, code]) => code)
    .join('\n')
    // Lists of codes and comparisons with a code don't create errors.
    .replaceAll(/\[\s*(?:'[A-Z_]+',?\s*)+\]/g, '')
    .replaceAll(/hasCode\([^)]*\)|=== '[A-Z_]+'/g, '');
  expect(Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});
