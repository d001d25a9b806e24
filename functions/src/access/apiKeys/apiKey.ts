import { crc32 } from 'node:zlib';
import { hasLapsed, type IsoTime, sha256Hex } from '@cloud-bridge/base';
import { MAIN_WALLET_ID, TEST_WALLET_ID } from '@cloud-bridge/ledger';
import type { KeyRules, Scope } from '../../platform/http/caller.ts';

/** `live` spends the main wallet, `test` spends a free test wallet, `management` acts as the owner. */
export const API_KEY_KINDS = ['live', 'test', 'management'] as const;
export type ApiKeyKind = (typeof API_KEY_KINDS)[number];

export const KEY_PREFIX: Readonly<Record<ApiKeyKind, string>> = {
  live: 'ndsp_live_',
  test: 'ndsp_test_',
  management: 'mk_',
};

/** An API key as stored, under the SHA-256 of its secret. The secret isn't stored. */
export interface ApiKey extends Partial<KeyRules> {
  readonly id: string;
  readonly accountId: string;
  readonly kind: ApiKeyKind;
  readonly name: string;
  /** Empty for management keys, which may do everything that the owner may. */
  readonly scopes: readonly Scope[];
  /** The last characters of the secret, so that people can tell keys apart. */
  readonly lastCharacters: string;
  /** The wallet that the key spends from; missing for the default wallet of its kind. */
  readonly walletId?: string;
  /** The store integration that the key belongs to; deleting the integration revokes the key. */
  readonly integrationId?: string;
  readonly expiresAt: IsoTime | null;
  readonly revokedAt: IsoTime | null;
  /** When the key got its present secret; missing until its first rotation. */
  readonly rotatedAt?: IsoTime;
  /** When the previous secret stops working. */
  readonly previousSecretEndsAt?: IsoTime;
  readonly createdAt: IsoTime;
  readonly requestHash: string;
}

/** The base-62 digits that secrets consist of. */
export const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Random characters of a secret: 32 base-62 digits have 190 random bits. */
export const RANDOM_LENGTH = 32;
/** Characters of the checksum: a CRC-32 fits into six base-62 digits. */
const CHECKSUM_LENGTH = 6;

/** Returns the kind of key that a text's prefix stands for; null for another prefix. */
export function claimedKind(secret: string): ApiKeyKind | null {
  return API_KEY_KINDS.find((kind) => secret.startsWith(KEY_PREFIX[kind])) ?? null;
}

/** True for a text that can be a secret. Detects mistyped secrets without reading the database. */
export function isWellFormedSecret(secret: string): boolean {
  const kind = claimedKind(secret);
  if (!kind) return false;
  const body = secret.slice(KEY_PREFIX[kind].length);
  if (body.length !== RANDOM_LENGTH + CHECKSUM_LENGTH || !/^[0-9A-Za-z]+$/.test(body)) return false;
  return secret.endsWith(checksum(secret.slice(0, -CHECKSUM_LENGTH)));
}

/** Returns six digits that detect typing errors. Only the random part makes a secret unguessable. */
export function checksum(unchecked: string): string {
  let rest = crc32(unchecked);
  let digits = '';
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit += 1) {
    digits = ALPHABET[rest % ALPHABET.length] + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

/** Returns the id of the document of the key with this secret. */
export function hashSecret(secret: string): string {
  return sha256Hex(secret);
}

/** True for a key that is neither revoked nor expired. */
export function isActive(key: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: IsoTime): boolean {
  return key.revokedAt === null && !hasLapsed(key.expiresAt, now);
}

/** Returns the id of the wallet that a key spends from; null for management keys, which spend nothing. */
export function walletIdOf({ kind, walletId }: Pick<ApiKey, 'kind' | 'walletId'>): string | null {
  if (kind === 'management') return null;
  return walletId ?? (kind === 'test' ? TEST_WALLET_ID : MAIN_WALLET_ID);
}
