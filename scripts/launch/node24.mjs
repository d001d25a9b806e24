import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { runQuietly } from './runQuietly.mjs';

/**
 * Returns the path of Node 24 from the development dependency `node`; Cloud Functions runs the same version.
 *
 * @param {string} root
 * @returns {string}
 */
export function node24Path(root) {
  return join(root, 'node_modules', 'node', 'bin', 'node');
}

/**
 * Fetches the binary of Node 24 if it is missing or doesn't run: npm leaves the binary out if install scripts are off.
 *
 * @param {string} root
 * @param {{addProcess(pid: number): void}} [lock]
 */
export async function ensureNode24(root, lock) {
  if (runs(node24Path(root))) return;
  const folder = join(root, 'node_modules', 'node');
  const what = 'Fetching Node 24 (the install script of the npm package "node")';
  await runQuietly(process.execPath, ['installArchSpecificPackage.js'], { cwd: folder, what, lock });
  if (runs(node24Path(root))) return;
  const machine = `${process.platform}-${process.arch}`;
  const message = `${what} left no working binary at ${node24Path(root)}. Is there a Node 24 for ${machine}?`;
  throw Object.assign(new Error(message), { problem: message, exitCode: 1 });
}

function runs(node) {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).startsWith('v24.');
  } catch {
    return false;
  }
}
