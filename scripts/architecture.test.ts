import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..');
const BIOME = join(ROOT, 'node_modules', '.bin', 'biome');
const NOTHING = 'export const nothing = 0;';

interface Violation {
  /** A file that breaks a rule, and what it has. */
  readonly file: string;
  readonly text: string;
  /** Files that it needs to be there. */
  readonly others?: Readonly<Record<string, string>>;
  /** What the check says. */
  readonly said: RegExp;
}

/** Lints a tree of these files alone, with the project's own rules. */
function lint({ file, text, others = {} }: Violation): string {
  const folder = mkdtempSync(join(tmpdir(), 'architecture-'));
  try {
    cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
    for (const [name, content] of Object.entries({ [file]: text, ...others })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), `${content}\n`);
    }
    const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '.'];
    const { stdout, stderr } = spawnSync(BIOME, args, { cwd: folder, encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const upwards = (from: string, to: string): Violation => ({
  file: `functions/src/${from}/a/a.ts`,
  text: `export { nothing } from '../../${to}/b/b.ts';`,
  others: { [`functions/src/${to}/b/b.ts`]: NOTHING },
  said: new RegExp(`${from} must not import from [\\w, ]*${to}`),
});

const ARROWS: readonly (readonly [string, readonly string[]])[] = [
  ['platform', ['access', 'notices', 'catalog', 'credits', 'sales', 'providers', 'main']],
  ['access', ['notices', 'catalog', 'credits', 'sales', 'providers', 'main']],
  ['notices', ['access', 'catalog', 'credits', 'sales', 'providers', 'main']],
  ['catalog', ['notices', 'credits', 'sales', 'providers', 'main']],
  ['credits', ['notices', 'sales', 'providers', 'main']],
  ['sales', ['credits', 'providers', 'main']],
  ['providers', ['main']],
];

it.each(ARROWS.flatMap(([from, tos]) => tos.map((to) => [from, to])))('%s must not import from %s', (from, to) => {
  const violation = upwards(from as string, to as string);
  expect(lint(violation)).toMatch(violation.said);
});

it.each<[string, Violation]>([
  [
    'two files that import each other, if only types',
    {
      file: 'functions/src/sales/a/a.ts',
      text: "import type { B } from './b.ts';\nexport type A = B;",
      others: { 'functions/src/sales/a/b.ts': "import type { A } from './a.ts';\nexport type B = A;" },
      said: /part of a cycle/,
    },
  ],
  [
    'a store of another room',
    {
      file: 'functions/src/sales/a/a.ts',
      text: "export type { B } from '../b/b.store.ts';",
      others: { 'functions/src/sales/b/b.store.ts': 'export type B = 0;' },
      said: /A store is private to its room/,
    },
  ],
  [
    'an SDK of a payment provider outside providers',
    { file: 'functions/src/sales/a/a.ts', text: "export { Stripe } from 'stripe';", said: /Only providers/ },
  ],
  [
    'the SDK of a chain outside providers',
    { file: 'functions/src/main/a.ts', text: "export { base } from 'viem/chains';", said: /Only providers/ },
  ],
  [
    'Express outside platform/http and main',
    { file: 'functions/src/access/a/a.ts', text: "export { Router } from 'express';", said: /know Express/ },
  ],
  [
    'the inside of a package',
    {
      file: 'functions/src/credits/a/a.ts',
      text: "export { decide } from '@cloud-bridge/ledger/src/decide.ts';",
      said: /by its name alone/,
    },
  ],
  [
    'the functions, in the ledger',
    {
      file: 'packages/ledger/src/a.ts',
      text: "export { nothing } from '../../../functions/src/sales/b/b.ts';",
      others: { 'functions/src/sales/b/b.ts': NOTHING },
      said: /The ledger must not import from functions/,
    },
  ],
  [
    'anything of this project, in base',
    {
      file: 'packages/base/src/a.ts',
      text: "export { Ledger } from '@cloud-bridge/ledger';",
      said: /base imports nothing/,
    },
  ],
])('the check refuses %s', (_name, violation) => {
  expect(lint(violation)).toMatch(violation.said);
});

it('the check passes where no rule is broken', () => {
  const fine = {
    file: 'functions/src/sales/a/a.ts',
    text: "export { nothing } from './b.ts';",
    said: /Checked 3 files/,
  };
  const said = lint({ ...fine, others: { 'functions/src/sales/a/b.ts': NOTHING } });
  expect(said).toMatch(fine.said);
  expect(said).not.toMatch(/must not|private|cycle|Only/);
});
