import {
  hasLapsed,
  type Idempotency,
  type IsoTime,
  idempotencyKeyReused,
  idOfRequest,
  invalidField,
} from '@cloud-bridge/base';
import { type AccountCaller, SCOPES } from '../../platform/http/caller.ts';
import { testWalletGrant } from '../wallets/testWalletGrant.ts';
import type { ApiKey } from './apiKey.ts';
import { managementKeyNeedsOwner, subscriptionNotRunning } from './apiKeys.errors.ts';
import type { CreateKeyRequest } from './apiKeys.schemas.ts';
import { rulesOf } from './keyRules.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { newSecret } from './newSecret.ts';
import { assertNamesKnown, assertRulesOfManagementKey, requireRoomForCaps } from './restrictKey.ts';

/** A created key; `secret` is null if an earlier request with the same Idempotency-Key created the key. */
export interface CreatedApiKey {
  readonly key: ApiKey;
  readonly secret: string | null;
}

/**
 * Creates a key and returns its secret, which can't be read again.
 * @throws INVALID_REQUEST (scopes or rules that a management key can't have, expiry in the past, a subscription for
 *   another kind than live), CREDENTIAL_NOT_ALLOWED (a management key makes another), SUBSCRIPTION_NOT_FOUND,
 *   SUBSCRIPTION_NOT_ACTIVE, INTEGRATION_NOT_FOUND, TOO_MANY_CAPPED_KEYS, IDEMPOTENCY_KEY_REUSED
 */
export async function createApiKey(
  deps: ApiKeysNeeds,
  caller: AccountCaller,
  request: CreateKeyRequest,
  idempotency: Idempotency,
): Promise<CreatedApiKey> {
  const now = deps.clock();
  const id = idOfRequest({ account: caller.accountId }, 'key', idempotency.key);
  const earlier = idempotency.key ? await deps.apiKeys.find(caller.accountId, id) : null;
  if (earlier) return replayOf(earlier, idempotency);
  if (request.kind === 'management') {
    if (caller.via !== 'idToken') throw managementKeyNeedsOwner();
    assertRulesOfManagementKey(request);
  }
  await assertNamesKnown(deps, request);
  await requireIntegration(deps, caller.accountId, request);
  const walletId = await subscriptionWallet(deps, caller.accountId, request);
  if (hasLapsed(request.expiresAt, now)) throw invalidField('expiresAt', 'must be in the future');
  await requireRoomForCaps(deps, caller.accountId, { id, kind: request.kind, ...(walletId && { walletId }) }, request);
  const secret = newSecret(request.kind);
  const key: ApiKey = {
    id,
    accountId: caller.accountId,
    kind: request.kind,
    name: request.name,
    scopes: request.kind === 'management' ? [] : (request.scopes ?? [...SCOPES]),
    lastCharacters: secret.slice(-4),
    ...(walletId !== null && { walletId }),
    ...(request.integrationId !== undefined && { integrationId: request.integrationId }),
    ...rulesOf(request),
    expiresAt: request.expiresAt,
    revokedAt: null,
    createdAt: now,
    requestHash: idempotency.requestHash,
  };
  // Granted before the key can be used, so that a test key always finds credits in its wallet.
  if (key.kind === 'test') await deps.wallets.submit(...testWalletGrant(caller.accountId, now));
  if (await deps.apiKeys.create(key, secret)) {
    if (walletId !== null) await requireOpenWallet(deps, key, walletId, now);
    await requireIntegrationStill(deps, key, now);
    return { key, secret };
  }
  const rival = await deps.apiKeys.find(caller.accountId, key.id);
  if (!rival) throw new Error(`key ${key.id} exists, but cannot be found`);
  return replayOf(rival, idempotency);
}

/** Returns the wallet of the subscription that the request names; null for a key of the default wallet. */
async function subscriptionWallet(
  deps: ApiKeysNeeds,
  accountId: string,
  { kind, subscriptionId }: CreateKeyRequest,
): Promise<string | null> {
  if (subscriptionId === undefined) return null;
  if (kind !== 'live') throw invalidField('subscriptionId', 'only goes with kind: live');
  return deps.requireRunningWallet(accountId, subscriptionId);
}

/**
 * Revokes the new key if its subscription has ended meanwhile. An ending subscription first closes its wallet, then
 * revokes its keys: if the wallet is still open here, the revocation will include this key.
 */
async function requireOpenWallet(
  deps: ApiKeysNeeds,
  { id, accountId }: ApiKey,
  walletId: string,
  now: IsoTime,
): Promise<void> {
  const { closedAt } = await deps.wallets.read({ accountId, walletId }, now);
  if (closedAt === undefined) return;
  await deps.apiKeys.change(accountId, id, (key) => ({ revokedAt: key.revokedAt ?? now }));
  throw subscriptionNotRunning('canceled');
}

/** Refuses an unknown integration, and any integration for a management key. */
async function requireIntegration(
  deps: ApiKeysNeeds,
  accountId: string,
  { kind, integrationId }: CreateKeyRequest,
): Promise<void> {
  if (integrationId === undefined) return;
  if (kind === 'management') throw invalidField('integrationId', 'does not go with a management key');
  await deps.requireIntegration(accountId, integrationId);
}

/**
 * Revokes the new key if its integration was deleted meanwhile. A deletion marks the integration, then revokes its
 * keys: if the integration still exists here, the revocation will include this key.
 */
async function requireIntegrationStill(
  deps: ApiKeysNeeds,
  { id, accountId, integrationId }: ApiKey,
  now: IsoTime,
): Promise<void> {
  if (integrationId === undefined) return;
  try {
    await deps.requireIntegration(accountId, integrationId);
  } catch (error) {
    await deps.apiKeys.change(accountId, id, (key) => ({ revokedAt: key.revokedAt ?? now }));
    throw error;
  }
}

function replayOf(earlier: ApiKey, { requestHash }: Idempotency): CreatedApiKey {
  if (earlier.requestHash !== requestHash) throw idempotencyKeyReused();
  return { key: earlier, secret: null };
}
