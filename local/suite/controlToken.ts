import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from './task/problem.ts';

/** Returns the path of the file that has the running suite's token. */
export const controlTokenFile = (root: string): string => join(root, '.cache', 'suite', 'control-token');

/** Creates this run's token for control requests and writes the token file; `remove` deletes the file. */
export function makeControlToken(root: string): { token: string; remove: () => void } {
  const file = controlTokenFile(root);
  const token = randomUUID();
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return { token, remove: () => rmSync(file, { force: true }) };
}

/**
 * Returns the token of the running suite.
 *
 * @throws Problem when no suite is running
 */
export function readControlToken(root: string): string {
  try {
    return readFileSync(controlTokenFile(root), 'utf8').trim();
  } catch {
    throw new Problem(`${controlTokenFile(root)} does not exist, so no local suite is running.`);
  }
}
