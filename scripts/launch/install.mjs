import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withAddresses } from './addresses.mjs';
import { withLock } from './lock.mjs';
import { ensureNode24 } from './node24.mjs';
import { INTERRUPTED, runQuietly } from './runQuietly.mjs';
import { isInstalled, writeStamp } from './stamp.mjs';

const execFileAsync = promisify(execFile);

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

/** From nothing, as `npm ci` does: what an interrupted install left may be half a package. */
async function install(folder, lock) {
  const modules = join(folder, 'node_modules');
  const aside = join(folder, '.cache', 'install');
  rmSync(modules, { recursive: true, force: true });
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    await copyWithAddresses(folder, aside);
    await npmInstall(aside, `npm install for ${folder}`, lock);
    renameSync(join(aside, 'node_modules'), modules);
  } catch (error) {
    if (error.exitCode === INTERRUPTED) throw error;
    // A registry may keep its tarballs elsewhere. If it wasn't that, this tells.
    await npmInstall(folder, `npm install in ${folder}`, lock);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The lock of this repository names no registry; the addresses are the user's own, for this one install. */
async function copyWithAddresses(from, to) {
  const asked = await execFileAsync('npm', ['config', 'ls', '--json'], { cwd: from });
  const lock = JSON.parse(readFileSync(join(from, 'package-lock.json'), 'utf8'));
  writeFileSync(join(to, 'package-lock.json'), JSON.stringify(withAddresses(lock, JSON.parse(asked.stdout))));
  for (const file of ['package.json', '.npmrc']) {
    if (existsSync(join(from, file))) copyFileSync(join(from, file), join(to, file));
  }
}

function npmInstall(cwd, what, lock) {
  // `npm ci` refuses a package-lock.json that does not know the optional packages of every other platform; this takes
  // what it knows. Whatever the user's npm is set to: development dependencies are needed, and functions/ asks for a
  // newer Node than the one that may be running this.
  const wanted = ['--no-save', '--include=dev', '--no-engine-strict'];
  // No package's own script is needed, but for Node's, which comes later; one would compile for minutes.
  const args = ['install', ...wanted, '--ignore-scripts', '--no-audit', '--no-fund'];
  return runQuietly('npm', args, { cwd, what, lock });
}
