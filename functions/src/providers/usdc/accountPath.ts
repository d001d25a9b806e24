import { createHash } from 'node:crypto';

/** Prefix of the hashed text, so that the hash can't be used for another purpose. */
const PURPOSE = 'cloud-bridge-billing deposit address v1';
/** Number of steps. A non-hardened index of BIP-32 has 31 bits, so four indices hold 124 bits of the hash. */
const LEVELS = 4;
const INDEX_MASK = 0x7fff_ffff;

/**
 * Returns the derivation path of an account's address below the extended public key: four indices that depend only on
 * the account's id. So an account always has the same address, and no other account has it, even if a database is lost.
 */
export function accountPath(accountId: string): number[] {
  const digest = createHash('sha256').update(`${PURPOSE}\n${accountId}`, 'utf8').digest();
  return Array.from({ length: LEVELS }, (_, level) => digest.readUInt32BE(level * 4) & INDEX_MASK);
}
