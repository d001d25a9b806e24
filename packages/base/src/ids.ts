import { createHash, randomUUID } from 'node:crypto';

/**
 * Returns a new unguessable id that begins with its kind: `ord_` and the 32 hexadecimal digits of a random UUID (122
 * random bits, RFC 9562). Node makes random UUIDs in batches, which is fast.
 */
export function randomId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}

/**
 * A user's id, which is also the account's id. Firebase custom tokens allow any text; this pattern excludes texts that
 * Firestore reads as paths or reserves, and invisible characters
 * (https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields).
 */
export const ACCOUNT_ID = /^[^/.\p{Cc}][^/\p{Cc}]{0,127}$/u;

/** True for a user id that can be an account id. */
export function isAccountId(text: string): boolean {
  return ACCOUNT_ID.test(text) && text.length <= 128 && text.isWellFormed() && !/^__.*__$/.test(text);
}

/**
 * Derives an id from its parts (128 bits of SHA-256). The same parts always give the same id, so that a retried command
 * finds its first effect.
 */
export function derivedId(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}_${sha256Hex(JSON.stringify(parts)).slice(0, 32)}`;
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Returns a fingerprint of a request that doesn't depend on the order of its fields. */
export function requestHash(request: unknown): string {
  return sha256Hex(JSON.stringify(sortKeys(request)));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, sortKeys(item)]);
}
