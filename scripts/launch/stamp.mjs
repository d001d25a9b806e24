import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The stamp is in node_modules, which every install deletes first, so an interrupted install leaves no stamp.
const stampFile = (folder) => join(folder, 'node_modules', '.install-stamp');

/**
 * Returns a hash of everything that an install depends on.
 *
 * @param {string} folder
 * @returns {string}
 */
export function fingerprint(folder) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`);
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

/**
 * Returns whether exactly the dependencies of package.json and package-lock.json are completely installed.
 *
 * @param {string} folder
 * @returns {boolean}
 */
export function isInstalled(folder) {
  try {
    return readFileSync(stampFile(folder), 'utf8').trim() === fingerprint(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Marks the install as finished.
 *
 * @param {string} folder
 */
export function writeStamp(folder) {
  writeFileSync(stampFile(folder), `${fingerprint(folder)}\n`);
}
