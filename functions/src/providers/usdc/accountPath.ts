import { createHash } from 'node:crypto';

/** What is hashed begins with this, so that the same hash stands for nothing else. */
const PURPOSE = 'cloud-bridge-billing deposit address v1';
/** An index of BIP-32 without a hardened step has 31 bits: four of them are 124 bits of the hash. */
const LEVELS = 4;
const INDEX_MASK = 0x7fff_ffff;

/**
 * Where below the extended public key an account's address is: four steps that follow from the account's id alone. So
 * the same account always has the same address, and no other has it, whatever a database remembers. Pure.
 */
export function accountPath(accountId: string): number[] {
  const digest = createHash('sha256').update(`${PURPOSE}\n${accountId}`, 'utf8').digest();
  return Array.from({ length: LEVELS }, (_, level) => digest.readUInt32BE(level * 4) & INDEX_MASK);
}
