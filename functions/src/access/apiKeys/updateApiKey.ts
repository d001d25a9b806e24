import { hasLapsed, invalidField } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import type { ApiKey } from './apiKey.ts';
import { keyRevoked } from './apiKeys.errors.ts';
import type { UpdateKeyRequest } from './apiKeys.schemas.ts';
import { assertMayChange } from './assertMayChange.ts';
import { hasCaps, rulesOf } from './keyRules.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { assertNamesKnown, assertRulesOfManagementKey, requireRoomForCaps } from './restrictKey.ts';

/**
 * Changes a key's name, scopes, expiry or rules.
 * @throws INVALID_REQUEST, CREDENTIAL_NOT_ALLOWED, API_KEY_NOT_FOUND, API_KEY_REVOKED, TOO_MANY_CAPPED_KEYS
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
  if (!changed) throw notFound('API_KEY_NOT_FOUND');
  return changed;
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

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}
