import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const FUNCTIONS = join(__dirname, '../..');

/** What Node has in its cache of modules once the deployed entry is there. */
const SCRIPT = `
  const { api } = require('./lib/index.cjs');
  console.log(JSON.stringify({ api: typeof api, modules: Object.keys(require.cache) }));
`;

it('a cold start does not load the packages that only payments need', () => {
  const told = execFileSync(process.execPath, ['-e', SCRIPT], { cwd: FUNCTIONS, encoding: 'utf8' });
  const { api, modules } = JSON.parse(told) as { api: string; modules: string[] };
  expect(api).toBe('function');
  expect(modules.some((file) => file.includes('/node_modules/firebase-functions/'))).toBe(true);
  expect(modules.filter((file) => /\/node_modules\/(stripe|viem)\//.test(file))).toEqual([]);
});
