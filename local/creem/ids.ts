import { randomBytes } from 'node:crypto';

/** Creates an id in Creem's format. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(11).toString('hex')}`;
}
