import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Inside node_modules, which every install deletes first: one that was interrupted leaves no stamp behind.
const stampFile = (folder) => join(folder, 'node_modules', '.install-stamp');

/**
 * What an install depends on, as one short string.
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
 * Whether a finished install of exactly what package.json and package-lock.json say is there.
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
 * Says that the install is finished.
 *
 * @param {string} folder
 */
export function writeStamp(folder) {
  writeFileSync(stampFile(folder), `${fingerprint(folder)}\n`);
}
