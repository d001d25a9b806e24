import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { ensureNode24 } from './node24.mjs';
import { INTERRUPTED, runQuietly } from './runQuietly.mjs';
import { isInstalled, writeStamp } from './stamp.mjs';

/**
 * Installs the dependencies of all workspaces, unless exactly these dependencies are already installed.
 *
 * @param {string} root the repository's root
 */
export async function ensureInstalled(root) {
  if (!isInstalled(root)) {
    await withLock(join(root, '.cache', 'install.lock'), async (lock) => {
      // Checked again, because the previous holder of the lock may have installed the dependencies.
      if (isInstalled(root)) return;
      console.log('Installing dependencies (first run, about a minute)…');
      await install(root, lock);
      await ensureNode24(root, lock);
      writeStamp(root);
    });
  }
  await ensureNode24(root);
}

/**
 * Runs `npm ci`, and `npm install` if that fails: in `npm ci`, older versions of npm refuse a lock file without the
 * packages of other platforms.
 */
async function install(root, lock) {
  try {
    await npm(root, ['ci'], lock);
  } catch (error) {
    if (error.exitCode === INTERRUPTED) throw error;
    await npm(root, ['install', '--no-save'], lock);
  }
}

function npm(root, command, lock) {
  // These options override the user's npm settings. Development dependencies are needed, and functions/ requires a
  // newer Node than the Node that may run npm. The only needed install script is Node's, which ensureNode24 runs.
  const options = ['--include=dev', '--no-engine-strict', '--ignore-scripts', '--no-audit', '--no-fund'];
  return runQuietly('npm', [...command, ...options], { cwd: root, what: `npm ${command[0]}`, lock });
}
