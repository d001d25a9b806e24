import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../../../..');
const MODULES = join(ROOT, 'node_modules');
const NODE = join(MODULES, 'node/bin/node');
const LEDGER = join(ROOT, 'packages/ledger');
const README = readFileSync(join(LEDGER, 'README.md'), 'utf8');

/** Where everything happens: `dist` is the built package, `project` a stranger's. */
const folder = mkdtempSync(join(tmpdir(), 'ledger-tarball-'));
const project = join(folder, 'project');
const installed = join(project, 'node_modules/@cloud-bridge/ledger');
let packedFiles: string[] = [];

/** Runs a command to its end and gives what it printed; fails the test when the command fails. */
function run(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** The blocks of a kind in the README. */
function blocks(kind: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);
}

/** The program, and what the README says that it prints. */
const [program = '', sweeping = ''] = blocks('ts');
const [printed = ''] = blocks('text');

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Puts a module of the repository's into the stranger's project. */
function install(name: string): void {
  const link = join(project, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(MODULES, name), link);
}

beforeAll(() => {
  const dist = join(folder, 'dist');
  run(NODE, [join(LEDGER, 'build.mjs'), dist], LEDGER);
  const packed = run('npm', ['pack', dist, '--json', '--offline', '--cache', join(folder, 'cache')], folder);
  const [tarball] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  packedFiles = tarball.files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', join(folder, tarball.filename), '--strip-components=1', '-C', installed], folder);
  for (const name of ['firebase-admin', 'lru-cache', '@types/node']) install(name);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(project, 'program.ts'), program);
});

afterAll(() => rmSync(folder, { recursive: true }));

it("the README's program prints from the tarball what the README says, and writes nothing when it runs again", () => {
  const env = { GCLOUD_PROJECT: `demo-tarball-${randomUUID()}`, NODE_NO_WARNINGS: '1' };
  expect(run(NODE, ['program.ts'], project, env)).toBe(printed);
  const settled = printed.replace('availableCredits: 60, heldCredits: 40', 'availableCredits: 75, heldCredits: 0');
  expect(run(NODE, ['program.ts'], project, env)).toBe(settled);
});

it("the README's program is about thirty lines long", () => {
  const lines = program.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeLessThanOrEqual(30);
});

it.each(['typescript-5', 'typescript'])(
  'strict %s accepts the programs of the README with the types of the tarball, and refuses a wrong one',
  (compiler) => {
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: 'ES2022',
      module: 'NodeNext',
      noEmit: true,
      types: ['node'],
    };
    writeFileSync(join(project, 'sweeping.ts'), program + sweeping);
    writeFileSync(join(project, 'wrong.ts'), program.replace('amountCredits: 100,', "amountCredits: '100',"));
    const files = ['program.ts', 'sweeping.ts', 'wrong.ts'];
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const { stdout } = spawnSync(NODE, [join(MODULES, compiler, 'bin/tsc'), '-p', project], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => /error/.test(line))).toEqual([
      expect.stringMatching(/^\S*wrong\.ts\(\d+,\d+\): error TS2322: Type 'string' is not assignable to type 'number'/),
    ]);
  },
);

it('a function in CommonJS can require the package', () => {
  const script = "console.log(typeof require('@cloud-bridge/ledger').openWallet)";
  expect(run(NODE, ['--input-type=commonjs', '-e', script], project)).toBe('function\n');
});

it('the tarball has the code in one module, the types, and nothing of the sources or the tests', () => {
  const types = packedFiles.filter((path) => path.startsWith('types/'));
  const others = packedFiles.filter((path) => !path.startsWith('types/'));
  expect(others.sort()).toEqual(['LICENSE', 'README.md', 'firestore.indexes.json', 'index.js', 'package.json']);
  expect(types).toEqual(
    expect.arrayContaining(['types/index.d.ts', 'types/openWallet.d.ts', 'types/base/appError.d.ts']),
  );
  expect(types.filter((path) => !path.endsWith('.d.ts') || /test/.test(path))).toEqual([]);
  const ofBase = types.filter((path) => path.startsWith('types/base/'));
  const names = ['appError', 'logger', 'readAll', 'time', 'unitOfWork'];
  expect(ofBase.sort()).toEqual(names.map((name) => `types/base/${name}.d.ts`));
});

it('the tarball asks for nothing that is on no registry', () => {
  const manifest = readJson(join(installed, 'package.json'));
  expect(manifest).toMatchObject({
    name: '@cloud-bridge/ledger',
    version: readJson(join(LEDGER, 'package.json')).version,
    dependencies: { 'lru-cache': expect.any(String) },
    peerDependencies: { 'firebase-admin': '>=13' },
  });
  expect(Object.keys(manifest)).not.toContain('private');
  expect(JSON.stringify(manifest)).not.toContain('@cloud-bridge/base');
  for (const path of packedFiles.filter((name) => /\.(js|d\.ts)$/.test(name))) {
    const modules = readFileSync(join(installed, path), 'utf8').matchAll(
      /^(?:import|export|\}) [^'"]*from ['"]([^'"]+)['"];$/gm,
    );
    for (const [, name] of modules)
      expect(name).toMatch(/^(\.{1,2}\/.*\.js|node:.*|firebase-admin\/firestore|lru-cache)$/);
  }
});

it('the README lists each index that the tarball names', () => {
  const { indexes, fieldOverrides } = readJson(join(installed, 'firestore.indexes.json')) as unknown as IndexFile;
  const composite = indexes.map(({ collectionGroup, queryScope, fields }) => [
    collectionGroup,
    fields.map(({ fieldPath, order }) => `\`${fieldPath}\` ${ARROW[order]}`).join(', '),
    queryScope,
  ]);
  const single = fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes: ofField }) =>
    ofField.map(({ order, queryScope }) => [collectionGroup, `\`${fieldPath}\` ${ARROW[order]}`, queryScope]),
  );
  const listed = [
    ...README.matchAll(/^\| `(entries|wallets|usage)` +\| (.*?) +\| (collection|collection group) +\|$/gm),
  ];
  const scopeOf = (text = '') => text.toUpperCase().replace(' ', '_');
  expect(listed.map(([, group, fields, scope]) => [group, fields, scopeOf(scope)]).sort()).toEqual(
    [...composite, ...single].sort(),
  );
});

const ARROW = { ASCENDING: '↑', DESCENDING: '↓' } as const;
type Order = keyof typeof ARROW;

interface IndexFile {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly queryScope: string;
    readonly fields: readonly { readonly fieldPath: string; readonly order: Order }[];
  }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly indexes: readonly { readonly order: Order; readonly queryScope: string }[];
  }[];
}
