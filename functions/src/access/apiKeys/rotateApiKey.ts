import { addSeconds, hasLapsed, type Idempotency, idempotencyKeyReused, idOfRequest } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import type { ApiKey } from './apiKey.ts';
import { keyExpired, keyRevoked } from './apiKeys.errors.ts';
import type { RotateKeyRequest } from './apiKeys.schemas.ts';
import { assertMayChange } from './assertMayChange.ts';
import type { CreatedApiKey } from './createApiKey.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { newSecret } from './newSecret.ts';

/**
 * Gives a key another secret, which is returned once; the present secret works for `overlapSeconds` more. The key's id,
 * rules, wallet and spending stay.
 * @throws CREDENTIAL_NOT_ALLOWED (a management key rotates another), API_KEY_NOT_FOUND, API_KEY_REVOKED,
 *   API_KEY_EXPIRED, IDEMPOTENCY_KEY_REUSED
 */
export async function rotateApiKey(
  deps: ApiKeysNeeds,
  caller: AccountCaller,
  keyId: string,
  { overlapSeconds }: RotateKeyRequest,
  { key: idempotencyKey, requestHash }: Idempotency,
): Promise<CreatedApiKey> {
  const key = await deps.apiKeys.find(caller.accountId, keyId);
  if (!key) throw notFound('API_KEY_NOT_FOUND');
  assertMayChange(caller, key);
  const now = deps.clock();
  const secret = newSecret(key.kind);
  const rotation = {
    id: idOfRequest({ account: caller.accountId }, 'rot', idempotencyKey, keyId),
    requestHash,
    endsAt: addSeconds(now, overlapSeconds),
    now,
  };
  const outcome = await deps.apiKeys.rotate(caller.accountId, keyId, secret, rotation, assertMayRotate(now));
  if (!outcome) throw notFound('API_KEY_NOT_FOUND');
  if (outcome.requestHash !== requestHash) throw idempotencyKeyReused();
  return { key: outcome.key, secret: outcome.isOwn ? secret : null };
}

function assertMayRotate(now: string): (key: ApiKey) => void {
  return (key) => {
    if (key.revokedAt) throw keyRevoked();
    if (hasLapsed(key.expiresAt, now)) throw keyExpired();
  };
}
