import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const FUNCTIONS = join(__dirname, '../..');

/** Returns the modules in Node's cache after the deployed entry is loaded. */
const SCRIPT = `
  const { api } = require('./lib/index.cjs');
  console.log(JSON.stringify({ api: typeof api, modules: Object.keys(require.cache) }));
`;

it('a cold start does not load packages that only payments need', () => {
  const told = execFileSync(process.execPath, ['-e', SCRIPT], { cwd: FUNCTIONS, encoding: 'utf8' });
  const { api, modules } = JSON.parse(told) as { api: string; modules: string[] };
  expect(api).toBe('function');
  expect(modules.some((file) => file.includes('/node_modules/firebase-functions/'))).toBe(true);
  expect(modules.filter((file) => /\/node_modules\/(stripe|viem)\//.test(file))).toEqual([]);
});
