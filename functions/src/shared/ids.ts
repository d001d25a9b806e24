import { createHash, randomBytes } from 'node:crypto';

/** A new unguessable id with its kind in front: `ord_` and 128 random bits as hexadecimal digits. */
export function randomId(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
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
