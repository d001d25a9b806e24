import { createHash, ECDH } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const PAYLOAD_BYTES = 78;
const CHECKSUM_BYTES = 4;
/** Version bytes of `xpub` and `xprv`, on the main network and on the test network (BIP-32, serialization format). */
const PUBLIC_VERSIONS = [0x0488b21e, 0x043587cf];
const PRIVATE_VERSIONS = [0x0488ade4, 0x04358394];

/**
 * Returns why a text is no extended public key (BIP-32), or null if the text is such a key. The reason doesn't repeat
 * the text, because the text may be a private key that somebody mistook for a public key.
 */
export function problemWithXpub(text: string): string | null {
  const bytes = decodeBase58(text);
  if (bytes?.length !== PAYLOAD_BYTES + CHECKSUM_BYTES) return 'must be an extended public key (xpub…)';
  const payload = bytes.subarray(0, PAYLOAD_BYTES);
  const checksum = sha256(sha256(payload)).subarray(0, CHECKSUM_BYTES);
  if (!checksum.equals(bytes.subarray(PAYLOAD_BYTES))) return 'is mistyped: its checksum is wrong';
  const version = payload.readUInt32BE(0);
  if (PRIVATE_VERSIONS.includes(version)) {
    return (
      'must not be an extended private key, which must never be on a server: use the xpub, and consider this key ' +
      'compromised'
    );
  }
  if (!PUBLIC_VERSIONS.includes(version)) return 'must be an xpub, not an extended key of another kind';
  const isMaster = payload[4] === 0;
  const origin = payload.subarray(5, 13);
  if (isMaster && origin.some((byte) => byte !== 0))
    return 'must be an extended public key: a master key has no parent';
  return isPublicKey(payload.subarray(45)) ? null : 'must be an extended public key: its key is no point on the curve';
}

/** Decodes a text from base 58; returns null if it isn't base 58, or doesn't have the length of a key. */
function decodeBase58(text: string): Buffer | null {
  if (!/^[1-9A-HJ-NP-Za-km-z]{100,120}$/.test(text)) return null;
  let value = 0n;
  for (const digit of text) value = value * 58n + BigInt(ALPHABET.indexOf(digit));
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0').padStart(PAYLOAD_BYTES * 2, '0'), 'hex');
}

function isPublicKey(compressed: Buffer): boolean {
  try {
    ECDH.convertKey(compressed, 'secp256k1', undefined, undefined, 'uncompressed');
    // OpenSSL also accepts encodings that BIP-32 doesn't allow.
    return compressed[0] === 2 || compressed[0] === 3;
  } catch {
    return false;
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
