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

/** A new key; `secret` is null when an earlier request with the same Idempotency-Key made it. */
export interface CreatedApiKey {
  readonly key: ApiKey;
  readonly secret: string | null;
}

/**
 * Makes a key and gives its secret, once.
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
  // Before the key can be used, so that a test key never finds its wallet empty.
  if (key.kind === 'test') await deps.wallets.submit(...testWalletGrant(caller.accountId, now));
  if (await deps.apiKeys.create(key, secret)) {
    if (walletId !== null) await requireOpenWallet(deps, key, walletId, now);
    await requireIntegrationStill(deps, key, now);
    return { key, secret };
  }
  const rival = await deps.apiKeys.find(caller.accountId, key.id);
  if (!rival) throw new Error(`key ${key.id} exists, but isn't there`);
  return replayOf(rival, idempotency);
}

/** The wallet of the subscription that a key is for; null for a key of the usual wallet. */
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
 * A subscription that ends closes its wallet first and revokes its keys then. So a key that finds the wallet open will
 * be seen by that, and one that finds it closed revokes itself.
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

/** A key may belong to an integration of the account that is there; a management key belongs to none. */
async function requireIntegration(
  deps: ApiKeysNeeds,
  accountId: string,
  { kind, integrationId }: CreateKeyRequest,
): Promise<void> {
  if (integrationId === undefined) return;
  if (kind === 'management') throw invalidField('integrationId', 'does not go with a management key');
  await deps.requireIntegration(accountId, integrationId);
}

/** As with wallets: whoever deletes an integration revokes the keys that are there, and a later one revokes itself. */
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
