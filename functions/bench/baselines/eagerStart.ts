import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

// B3: the same functions without a bundler and without laziness. Every source file stays a module of its own, and
// every package that any of them uses is loaded at the start.

/** Builds it, and says where its entry is. */
export async function buildEagerStart(root: string): Promise<string> {
  const functions = join(root, 'functions');
  // Where the functions' packages are found, and where git does not look.
  const folder = join(functions, 'node_modules', '.cache', 'bench-eager-start');
  rmSync(folder, { recursive: true, force: true });
  const sources = readdirSync(join(functions, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join('src', name));
  const { metafile } = await build({
    absWorkingDir: functions,
    entryPoints: sources,
    outdir: folder,
    outbase: 'src',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    plugins: [everyFileItsOwnModule],
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
    metafile: true,
  });
  const packages = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports.map(({ path }) => path))
    .filter((path) => !path.startsWith('.') && !isBuiltin(path));
  const modules = [...new Set(packages)].sort();
  const entry = join(folder, 'eager.cjs');
  const requires = modules.map((name) => `require(${JSON.stringify(name)});`);
  writeFileSync(entry, [...requires, "module.exports = require('./index.cjs');", ''].join('\n'));
  return entry;
}

const everyFileItsOwnModule: Plugin = {
  name: 'every file its own module',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path }) =>
      kind === 'entry-point' ? null : { path: path.replace(/\.ts$/, '.cjs'), external: true },
    );
  },
};
