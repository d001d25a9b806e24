import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

// Writes the package as users install it: one module, which includes the code it needs from base, and its types.
// Usage: node build.mjs [folder]. The default folder is dist.

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const OUT = resolve(process.argv[2] ?? join(HERE, 'dist'));
const BASE = '@cloud-bridge/base';
/** The collection groups that the ledger queries; the project's other indexes don't belong in the package. */
const COLLECTION_GROUPS = ['wallets', 'entries', 'usage'];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function write(path, text) {
  mkdirSync(dirname(join(OUT, path)), { recursive: true });
  writeFileSync(join(OUT, path), text);
}

function writeJson(path, value) {
  write(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Bundles the code. Imports stay imports, except those of base, which no registry has. */
async function writeCode() {
  await build({
    absWorkingDir: HERE,
    entryPoints: ['src/index.ts'],
    outfile: join(OUT, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    charset: 'utf8',
    external: ['firebase-admin', 'lru-cache'],
    logLevel: 'warning',
  });
}

/**
 * Has the compiler write the types of each source file into a temporary folder, and passes that folder to `use`. The
 * compiler writes no types for files in node_modules, so tsconfig.types.json maps base to its sources.
 */
function withDeclarations(use) {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-types-'));
  try {
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
    execFileSync(process.execPath, [compiler, '-p', join(HERE, 'tsconfig.types.json'), '--outDir', folder], {
      stdio: 'inherit',
    });
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const IMPORT = /^((?:import|export) (?:type )?)(\{[^}]*\}|\*) from '([^']+)';/gm;

/** Returns a map from each exported name of base to its file. */
function filesOfBase(indexText) {
  const files = new Map();
  for (const [, , names, file] of indexText.matchAll(IMPORT)) {
    for (const name of namesIn(names)) files.set(name.replace(/^type /, ''), file);
  }
  return files;
}

function namesIn(braces) {
  return braces
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * Writes the types that index.d.ts imports, directly or indirectly. Files of base go into their own folder, without an
 * index.
 */
function writeTypes(declarations) {
  const ledger = join(declarations, 'ledger', 'src');
  const base = join(declarations, 'base', 'src');
  const baseFiles = filesOfBase(readFileSync(join(base, 'index.d.ts'), 'utf8'));
  const outOf = (file) =>
    file.startsWith(base) ? join('types', 'base', relative(base, file)) : join('types', relative(ledger, file));
  const waiting = [join(ledger, 'index.d.ts')];
  const seen = new Set(waiting);

  for (const file of waiting) {
    const reach = (target) => {
      if (!seen.has(target)) waiting.push(target);
      seen.add(target);
      const path = relative(dirname(outOf(file)), outOf(target)).replace(/\.d\.ts$/, '.js');
      return path.startsWith('.') ? path : `./${path}`;
    };
    const text = readFileSync(file, 'utf8').replace(IMPORT, (statement, keyword, names, from) => {
      if (from.startsWith('.')) {
        const target = join(dirname(file), from.replace(/\.ts$/, '.d.ts'));
        return `${keyword}${names} from '${reach(target)}';`;
      }
      if (from !== BASE) return statement;
      return namesIn(names)
        .map((name) => {
          const target = baseFiles.get(name.replace(/^type /, '').replace(/ as .*$/, ''));
          return `${keyword}{ ${name} } from '${reach(join(base, target.replace(/\.ts$/, '.d.ts')))}';`;
        })
        .join('\n');
    });
    if (text.includes(`'${BASE}`) || text.includes('"./') || /'\.[^']*\.ts'/.test(text)) {
      throw new Error(`${file} names a module in a way that this script doesn't know`);
    }
    write(outOf(file), text);
  }
}

function writeManifest() {
  const { name, version, description, license, dependencies, peerDependencies } = readJson(join(HERE, 'package.json'));
  const { [BASE]: _inTheCode, ...others } = dependencies;
  writeJson('package.json', {
    name,
    version,
    description,
    license,
    keywords: ['firebase', 'firestore', 'credits', 'wallet', 'ledger', 'prepaid', 'billing'],
    type: 'module',
    sideEffects: false,
    main: './index.js',
    types: './types/index.d.ts',
    exports: {
      '.': { types: './types/index.d.ts', default: './index.js' },
      './firestore.indexes.json': './firestore.indexes.json',
      './package.json': './package.json',
    },
    engines: { node: '>=20.19' },
    dependencies: others,
    peerDependencies,
  });
}

function writeIndexes() {
  const { indexes, fieldOverrides } = readJson(join(ROOT, 'firestore.indexes.json'));
  const isOurs = ({ collectionGroup }) => COLLECTION_GROUPS.includes(collectionGroup);
  writeJson('firestore.indexes.json', {
    indexes: indexes.filter(isOurs),
    fieldOverrides: fieldOverrides.filter(isOurs),
  });
}

rmSync(OUT, { recursive: true, force: true });
await writeCode();
withDeclarations(writeTypes);
writeManifest();
writeIndexes();
copyFileSync(join(HERE, 'README.md'), join(OUT, 'README.md'));
copyFileSync(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));
