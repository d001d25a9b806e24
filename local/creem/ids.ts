import { randomBytes } from 'node:crypto';

/** A new id that looks like Creem's. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(11).toString('hex')}`;
}
