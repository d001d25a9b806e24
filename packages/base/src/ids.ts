import { createHash, randomUUID } from 'node:crypto';

/**
 * A new unguessable id with its kind in front: `ord_` and the 32 hexadecimal digits of a random UUID (122 random bits,
 * RFC 9562), of which Node makes many at a time.
 */
export function randomId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}

/**
 * The id of a user, and so of an account: custom tokens allow any text, of which this leaves out what Firestore takes
 * for paths or keeps for itself, and what can't be seen
 * (https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields).
 */
export const ACCOUNT_ID = /^[^/.\p{Cc}][^/\p{Cc}]{0,127}$/u;

/** True for a user's id that can be an account's. */
export function isAccountId(text: string): boolean {
  return ACCOUNT_ID.test(text) && text.length <= 128 && text.isWellFormed() && !/^__.*__$/.test(text);
}

/** The same parts always give the same id (128 bits of SHA-256), so that a retried command finds its first effect. */
export function derivedId(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}_${sha256Hex(JSON.stringify(parts)).slice(0, 32)}`;
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** A fingerprint of a request that doesn't depend on the order of its fields. */
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
