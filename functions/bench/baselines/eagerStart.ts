import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

// B3: the same functions without a bundler and without lazy loading. Every source file stays a separate module, and all
// modules are loaded at the start, from each package its main module.

/** Package whose main module is for web pages, so that no server would load it. */
const NOT_FOR_NODE = 'swagger-ui-dist';

/** Builds B3; returns the path of its entry. */
export async function buildEagerStart(root: string): Promise<string> {
  const functions = join(root, 'functions');
  // A folder in which Node finds the functions' packages and which git ignores.
  const folder = join(functions, 'node_modules', '.cache', 'bench-eager-start');
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: functions,
    entryPoints: sourcesOf(functions),
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
  const modules = new Set([...mainModules(functions), ...importedModules(functions, metafile)]);
  const requires = [...modules].map((name) => `require(${JSON.stringify(name)});`);
  const entry = join(folder, 'eager.cjs');
  writeFileSync(entry, [...requires, "module.exports = require('./index.cjs');", ''].join('\n'));
  return entry;
}

function sourcesOf(functions: string): string[] {
  return readdirSync(join(functions, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join('src', name));
}

function mainModules(functions: string): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(functions, 'package.json'), 'utf8'));
  return Object.keys(dependencies).filter((name) => name !== NOT_FOR_NODE);
}

/** Returns the modules of packages that the sources import, and the sources that are loaded lazily. */
function importedModules(functions: string, { outputs }: Metafile): string[] {
  return Object.entries(outputs).flatMap(([output, { imports }]) =>
    imports
      .filter(({ path, kind }) => !isBuiltin(path) && (!path.startsWith('.') || kind === 'dynamic-import'))
      .map(({ path }) => (path.startsWith('.') ? join(functions, dirname(output), path) : path)),
  );
}

const everyFileItsOwnModule: Plugin = {
  name: 'every file its own module',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path }) =>
      kind === 'entry-point' ? null : { path: path.replace(/\.ts$/, '.cjs'), external: true },
    );
  },
};
