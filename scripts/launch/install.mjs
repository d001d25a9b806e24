import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { ensureNode24 } from './node24.mjs';
import { INTERRUPTED, runQuietly } from './runQuietly.mjs';
import { isInstalled, writeStamp } from './stamp.mjs';

/**
 * Installs the dependencies of all workspaces unless a finished install of exactly these exists.
 *
 * @param {string} root the repository's root
 */
export async function ensureInstalled(root) {
  if (!isInstalled(root)) {
    await withLock(join(root, '.cache', 'install.lock'), async (lock) => {
      // Asked again: the run that held the lock before may have done the work.
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
 * `npm ci`; older versions of npm refuse a lock file that lacks other platforms' packages, and `npm install` takes it.
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
  // Whatever the user's npm is set to: development dependencies are needed, and functions/ asks for a newer Node than
  // the one that may run npm. No package's own script is needed, except for Node's, which ensureNode24 runs.
  const options = ['--include=dev', '--no-engine-strict', '--ignore-scripts', '--no-audit', '--no-fund'];
  return runQuietly('npm', [...command, ...options], { cwd: root, what: `npm ${command[0]}`, lock });
}
