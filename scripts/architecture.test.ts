import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..');
const BIOME = join(ROOT, 'node_modules', '.bin', 'biome');
const NOTHING = 'export const nothing = 0;';

interface Violation {
  /** Path of a file that breaks a rule. */
  readonly file: string;
  readonly text: string;
  /** Other files, by path, that the file imports. */
  readonly others?: Readonly<Record<string, string>>;
  /** Expected message of the check. */
  readonly said: RegExp;
}

/** Lints a folder that has only these files, with the project's rules; returns the output. */
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
    'two files that import each other, even if they import only types',
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
    'the SDK of a payment provider outside providers',
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
    'an import of a file inside a package',
    {
      file: 'functions/src/credits/a/a.ts',
      text: "export { decide } from '@cloud-bridge/ledger/src/decide.ts';",
      said: /by its name alone/,
    },
  ],
  [
    'an import of the functions in the ledger',
    {
      file: 'packages/ledger/src/a.ts',
      text: "export { nothing } from '../../../functions/src/sales/b/b.ts';",
      others: { 'functions/src/sales/b/b.ts': NOTHING },
      said: /The ledger must not import from functions/,
    },
  ],
  [
    'an import of another part of this project in base',
    {
      file: 'packages/base/src/a.ts',
      text: "export { Ledger } from '@cloud-bridge/ledger';",
      said: /base imports nothing/,
    },
  ],
])('the check refuses %s', (_name, violation) => {
  expect(lint(violation)).toMatch(violation.said);
});

it('the check passes if no rule is broken', () => {
  const fine = {
    file: 'functions/src/sales/a/a.ts',
    text: "export { nothing } from './b.ts';",
    said: /Checked 3 files/,
  };
  const said = lint({ ...fine, others: { 'functions/src/sales/a/b.ts': NOTHING } });
  expect(said).toMatch(fine.said);
  expect(said).not.toMatch(/must not|private|cycle|Only/);
});

const IMPORTED = /(?:from |import\()'(\.[^']+)'/g;

/** Returns the room of a file: `sales/orders` for `sales/orders/order.ts`, and `catalog` for a wing without rooms. */
const roomOf = (file: string) => dirname(file).split('/').slice(0, 2).join('/');

/** Returns the imports between rooms that belong to a cycle, or lead from one cycle to another. */
function circlingArrows(files: ReadonlyMap<string, string>): string[] {
  const arrows = [...files].flatMap(([file, text]) =>
    [...text.matchAll(IMPORTED)].map(([, path = '']) => ({
      from: roomOf(file),
      to: roomOf(join(dirname(file), path)),
    })),
  );
  let left = arrows.filter(({ from, to }) => from !== to);
  for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
    before = left.length;
    const importing = new Set(left.map(({ from }) => from));
    const imported = new Set(left.map(({ to }) => to));
    left = left.filter(({ from, to }) => imported.has(from) && importing.has(to));
  }
  return [...new Set(left.map(({ from, to }) => `${from} → ${to}`))].sort();
}

/** Returns the texts of all source files of the functions, except tests, by path. */
function sourcesOfFunctions(): ReadonlyMap<string, string> {
  const folder = join(ROOT, 'functions', 'src');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => name.endsWith('.ts') && !/\.(test|fixtures)\.ts$/.test(name));
  return new Map(sources.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

it('no two rooms import from each other, not even through other rooms', () => {
  const files = sourcesOfFunctions();
  expect([...files.keys()]).toContain('sales/orders/order.ts');
  expect(circlingArrows(files)).toEqual([]);
});

it('a cycle of rooms is found even if no file is part of a cycle', () => {
  const files = new Map([
    ['sales/a/one.ts', "import { two } from '../b/two.ts';"],
    ['sales/b/two.ts', NOTHING],
    ['sales/b/three.ts', "import { four } from '../c/four.ts';"],
    ['sales/c/four.ts', "const five = () => import('../a/five.ts');"],
    ['sales/d/six.ts', "import { one } from '../a/one.ts';"],
  ]);
  expect(circlingArrows(files)).toEqual(['sales/a → sales/b', 'sales/b → sales/c', 'sales/c → sales/a']);
});

/** Returns the places in a store's text that bypass the converter of a collection (see `docs/decisions/0030`). */
function pastConverters(text: string): string[] {
  const collections = text.match(/\.collection(?:Group)?\([^;]*;/g) ?? [];
  const unconverted = collections.filter((statement) => !statement.includes('.withConverter('));
  return [...unconverted, ...(text.match(/\.(?:data\(\)|get\('\w+'\))\)* as [^;]*/g) ?? [])];
}

it.each([
  ['a collection without a converter', "return this.#db.collection('orders').doc(id);"],
  ['a collection group without a converter', "this.#db\n  .collectionGroup('uses')\n  .where('a', '==', 1);"],
  ['a document with a cast', 'return ((await this.#ref(id).get()).data() as Order | undefined) ?? null;'],
  ['a field with a cast', "return snapshot.get('orderIds') as string[];"],
])('a store must not read %s', (_name, text) => {
  expect(pastConverters(text)).toHaveLength(1);
});

it('every document of the functions and of the ledger is read through the converter of its collection', () => {
  const folders = ['functions/src/*.ts', 'packages/ledger/src/*.ts'];
  const list = execFileSync('git', ['ls-files', '-z', ...folders], { cwd: ROOT, encoding: 'utf8' });
  const files = list.split('\0').filter(Boolean);
  expect(files).toContain('functions/src/sales/orders/orders.store.ts');
  expect(files).toContain('packages/ledger/src/ledger.store.ts');
  const past = files.flatMap((file) =>
    pastConverters(readFileSync(join(ROOT, file), 'utf8')).map((text) => `${file}: ${text}`),
  );
  expect(past).toEqual([]);
});

/** Files that declare names of providers: the table of capabilities, and the values of requests for top-ups. */
const NAMES_PROVIDERS = ['access/accounts/providerName.ts', 'sales/topups/topups.schemas.ts'];
const PROVIDER_NAME = /'(stripe|creem)'/;

/** Returns the files that name a provider although they serve all providers. */
function namingProviders(files: ReadonlyMap<string, string>): string[] {
  const serving = [...files].filter(([file]) => !/^(providers|main)\//.test(file) && !NAMES_PROVIDERS.includes(file));
  return serving.filter(([, text]) => PROVIDER_NAME.test(text)).map(([file]) => file);
}

it('only providers and main name a provider; other wings ask for capabilities', () => {
  const files = sourcesOfFunctions();
  for (const file of NAMES_PROVIDERS) expect(files.get(file)).toMatch(PROVIDER_NAME);
  expect(namingProviders(files)).toEqual([]);
});

it('the name of a provider elsewhere is found', () => {
  const comparison = "if (order.provider === 'creem') throw new Error();";
  const files = new Map([
    ['providers/creem/a.ts', comparison],
    ['sales/orders/b.ts', comparison],
    ['sales/orders/c.ts', 'if (!CAPABILITIES[order.provider].savesCards) throw new Error();'],
  ]);
  expect(namingProviders(files)).toEqual(['sales/orders/b.ts']);
});
