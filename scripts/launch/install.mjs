import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { ensureNode24 } from './node24.mjs';
import { runQuietly } from './runQuietly.mjs';
import { isInstalled, writeStamp } from './stamp.mjs';

/**
 * Installs the dependencies of the root and of functions/ unless a finished install of exactly these exists.
 *
 * @param {string} root the repository's root
 */
export async function ensureInstalled(root) {
  const missing = () => [root, join(root, 'functions')].filter((folder) => !isInstalled(folder));
  if (missing().length > 0) {
    await withLock(join(root, '.cache', 'install.lock'), async (lock) => {
      // Asked again: whoever held the lock before may have done the work.
      const folders = missing();
      if (folders.length > 0) console.log('Installing dependencies (first run, about a minute)…');
      const installing = folders.map(async (folder) => {
        await install(folder, lock);
        if (folder === root) await ensureNode24(root, lock);
        writeStamp(folder);
      });
      // The lock is kept until none of them is at work any more.
      await Promise.allSettled(installing);
      await Promise.all(installing);
    });
  }
  await ensureNode24(root);
}

function install(folder, lock) {
  // From nothing, as `npm ci` does: what an interrupted install left may be half a package. `npm ci` itself refuses a
  // package-lock.json that does not know the optional packages of every other platform; this takes what it knows.
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  // Whatever the user's npm is set to: development dependencies are needed, and functions/ asks for a newer Node
  // than the one that may be running this.
  const wanted = ['--no-save', '--include=dev', '--no-engine-strict'];
  // No package's own script is needed, but for Node's, which comes later; one would compile for minutes.
  const args = ['install', ...wanted, '--ignore-scripts', '--no-audit', '--no-fund'];
  return runQuietly('npm', args, { cwd: folder, what: `npm install in ${folder}`, lock });
}
