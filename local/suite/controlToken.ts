import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from './task/problem.ts';

/** Where scripts find the token of the suite that runs. */
export const controlTokenFile = (root: string): string => join(root, '.cache', 'suite', 'control-token');

/** Makes the token that control requests to the stand-ins need in this run; returns it and the way to take it back. */
export function makeControlToken(root: string): { token: string; remove: () => void } {
  const file = controlTokenFile(root);
  const token = randomUUID();
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return { token, remove: () => rmSync(file, { force: true }) };
}

/** The token of the suite that runs. */
export function readControlToken(root: string): string {
  try {
    return readFileSync(controlTokenFile(root), 'utf8').trim();
  } catch {
    throw new Problem(`There is no ${controlTokenFile(root)}: no suite that this could control is running.`);
  }
}
