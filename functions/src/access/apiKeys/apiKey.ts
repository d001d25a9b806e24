import { crc32 } from 'node:zlib';
import { hasLapsed, type IsoTime, sha256Hex } from '@cloud-bridge/base';
import { MAIN_WALLET_ID, TEST_WALLET_ID } from '@cloud-bridge/ledger';
import type { KeyRules, Scope } from '../../platform/http/caller.ts';

/** `live` spends the main wallet, `test` a wallet of its own that costs nothing, `management` acts as the owner. */
export const API_KEY_KINDS = ['live', 'test', 'management'] as const;
export type ApiKeyKind = (typeof API_KEY_KINDS)[number];

export const KEY_PREFIX: Readonly<Record<ApiKeyKind, string>> = {
  live: 'ndsp_live_',
  test: 'ndsp_test_',
  management: 'mk_',
};

/** A key as stored under the SHA-256 of its secret, which itself is stored nowhere. */
export interface ApiKey extends Partial<KeyRules> {
  readonly id: string;
  readonly accountId: string;
  readonly kind: ApiKeyKind;
  readonly name: string;
  /** Empty for management keys, which may do all that the owner may. */
  readonly scopes: readonly Scope[];
  /** The last characters of the secret, so that people can tell keys apart. */
  readonly lastCharacters: string;
  /** The wallet that it spends from, if it is not the usual one of its kind. */
  readonly walletId?: string;
  /** The store integration that it belongs to; it is revoked with that. */
  readonly integrationId?: string;
  readonly expiresAt: IsoTime | null;
  readonly revokedAt: IsoTime | null;
  /** When it was given its present secret; only once it was rotated. */
  readonly rotatedAt?: IsoTime;
  /** Until when the secret before that works, too. */
  readonly previousSecretEndsAt?: IsoTime;
  readonly createdAt: IsoTime;
  readonly requestHash: string;
}

/** The digits of keys. */
export const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 32 of 62 characters are 190 random bits. */
export const RANDOM_LENGTH = 32;
/** A CRC-32 fits six base-62 digits. */
const CHECKSUM_LENGTH = 6;

/** The kind of key that a text claims to be by its prefix; null for none. */
export function claimedKind(secret: string): ApiKeyKind | null {
  return API_KEY_KINDS.find((kind) => secret.startsWith(KEY_PREFIX[kind])) ?? null;
}

/** True for a text that can be a key: a mistyped one is told apart without asking the database. */
export function isWellFormedSecret(secret: string): boolean {
  const kind = claimedKind(secret);
  if (!kind) return false;
  const body = secret.slice(KEY_PREFIX[kind].length);
  if (body.length !== RANDOM_LENGTH + CHECKSUM_LENGTH || !/^[0-9A-Za-z]+$/.test(body)) return false;
  return secret.endsWith(checksum(secret.slice(0, -CHECKSUM_LENGTH)));
}

/** Six digits that find typing errors; what makes a key unguessable is its random part. */
export function checksum(unchecked: string): string {
  let rest = crc32(unchecked);
  let digits = '';
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit += 1) {
    digits = ALPHABET[rest % ALPHABET.length] + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

/** Under what a key is stored. */
export function hashSecret(secret: string): string {
  return sha256Hex(secret);
}

/** True for a key that is accepted now. */
export function isActive(key: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: IsoTime): boolean {
  return key.revokedAt === null && !hasLapsed(key.expiresAt, now);
}

/** The wallet that a key spends from; null for management keys, which spend nothing. */
export function walletIdOf({ kind, walletId }: Pick<ApiKey, 'kind' | 'walletId'>): string | null {
  if (kind === 'management') return null;
  return walletId ?? (kind === 'test' ? TEST_WALLET_ID : MAIN_WALLET_ID);
}
