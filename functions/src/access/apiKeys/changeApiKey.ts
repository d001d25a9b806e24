import { hasLapsed, invalidField, notFound } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';
import type { ApiKey } from './apiKey.ts';
import { keyRevoked, managementKeyNeedsOwner } from './apiKeys.errors.ts';
import type { UpdateKeyRequest } from './apiKeys.schemas.ts';
import { hasCaps, rulesOf } from './keyRules.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { assertNamesKnown, assertRulesOfManagementKey, requireRoomForCaps } from './restrictKey.ts';

/**
 * Changes name, scopes, expiry or rules.
 * @throws AppError 400, 403, 404, or 409 (revoked key, too many keys with caps)
 */
export async function updateApiKey(
  deps: ApiKeysNeeds,
  caller: AccountCaller,
  keyId: string,
  request: UpdateKeyRequest,
): Promise<ApiKey> {
  const now = deps.clock();
  if (hasLapsed(request.expiresAt ?? null, now)) throw invalidField('expiresAt', 'must be in the future');
  await assertNamesKnown(deps, request);
  await requireRoom(deps, caller, keyId, request);
  const changed = await deps.apiKeys.change(caller.accountId, keyId, (key) => {
    assertMayChange(caller, key);
    if (key.revokedAt) throw keyRevoked();
    if (key.kind === 'management') assertRulesOfManagementKey(request);
    return withoutUndefined(request);
  });
  if (!changed) throw notFound('api key');
  return changed;
}

/** Revokes a key for good; revoking it again changes nothing. Every instance refuses it within ten seconds. */
export async function revokeApiKey(deps: ApiKeysNeeds, caller: AccountCaller, keyId: string): Promise<ApiKey> {
  const now = deps.clock();
  const revoked = await deps.apiKeys.change(caller.accountId, keyId, (key) => {
    assertMayChange(caller, key);
    return { revokedAt: key.revokedAt ?? now };
  });
  if (!revoked) throw notFound('api key');
  return revoked;
}

async function requireRoom(
  deps: ApiKeysNeeds,
  caller: AccountCaller,
  keyId: string,
  request: UpdateKeyRequest,
): Promise<void> {
  if (!hasCaps(rulesOf(request))) return;
  const key = await deps.apiKeys.find(caller.accountId, keyId);
  if (key && key.kind !== 'management') await requireRoomForCaps(deps, caller.accountId, key, request);
}

export function assertMayChange(caller: AccountCaller, key: ApiKey): void {
  if (key.kind === 'management' && caller.via !== 'idToken') throw managementKeyNeedsOwner();
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}
