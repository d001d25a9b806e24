import { randomInt } from 'node:crypto';
import { ALPHABET, type ApiKeyKind, checksum, KEY_PREFIX, RANDOM_LENGTH } from './apiKey.ts';

/** Creates a random secret: prefix, random part, checksum. */
export function newSecret(kind: ApiKeyKind): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const unchecked = KEY_PREFIX[kind] + random;
  return unchecked + checksum(unchecked);
}
