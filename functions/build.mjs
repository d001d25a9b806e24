import { build } from 'esbuild';

// One CommonJS file: a cold start reads and compiles one module, not hundreds. These packages stay in node_modules:
const external = [
  // The Firebase CLI asks its copy for the parameters that ours declare.
  'firebase-functions',
  // Looks for files beside its own.
  'firebase-admin',
  // Large, and loaded only when a payment is made.
  'stripe',
  // The same, of those in USDC.
  'viem',
  // Its files are served as they are.
  'swagger-ui-dist',
  // Colours for a terminal, which `debug` does without when it isn't installed.
  'supports-color',
];

await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/index.ts'],
  outfile: 'lib/index.cjs',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // Without this, esbuild writes every character outside ASCII as an escape, which is longer.
  charset: 'utf8',
  external,
  sourcemap: true,
  logLevel: 'warning',
});
