import type { Deps } from '../deps.ts';
import { type AccountCaller, SCOPES } from '../http/caller.ts';
import { type Idempotency, idempotencyKeyReused } from '../http/idempotency.ts';
import { invalidField } from '../shared/appError.ts';
import { derivedId, randomId } from '../shared/ids.ts';
import { hasLapsed } from '../shared/time.ts';
import { testWalletGrant } from '../wallets/testWalletGrant.ts';
import type { ApiKey } from './apiKey.ts';
import { managementKeyNeedsOwner } from './apiKeys.errors.ts';
import type { CreateKeyRequest } from './apiKeys.schemas.ts';
import { newSecret } from './newSecret.ts';

/** A new key; `secret` is null when an earlier request with the same Idempotency-Key made it. */
export interface CreatedApiKey {
  readonly key: ApiKey;
  readonly secret: string | null;
}

/**
 * Makes a key and gives its secret, once. Throws 400 (scopes of a management key, expiry in the past),
 * 403 (a management key makes another), 422 (Idempotency-Key used for something else).
 */
export async function createApiKey(
  deps: Deps,
  caller: AccountCaller,
  request: CreateKeyRequest,
  idempotency: Idempotency,
): Promise<CreatedApiKey> {
  const now = deps.clock();
  const id = idempotency.key ? derivedId('key', idempotency.key) : randomId('key');
  const earlier = idempotency.key ? await deps.apiKeys.find(caller.accountId, id) : null;
  if (earlier) return replayOf(earlier, idempotency);
  if (request.kind === 'management') {
    if (caller.via !== 'idToken') throw managementKeyNeedsOwner();
    if (request.scopes) throw invalidField('scopes', 'a management key has no scopes');
  }
  if (hasLapsed(request.expiresAt, now)) throw invalidField('expiresAt', 'has to be in the future');
  const secret = newSecret(request.kind);
  const key: ApiKey = {
    id,
    accountId: caller.accountId,
    kind: request.kind,
    name: request.name,
    scopes: request.kind === 'management' ? [] : (request.scopes ?? [...SCOPES]),
    lastCharacters: secret.slice(-4),
    expiresAt: request.expiresAt,
    revokedAt: null,
    createdAt: now,
    requestHash: idempotency.requestHash,
  };
  // Before the key can be used, so that a test key never finds its wallet empty.
  if (key.kind === 'test') await deps.wallets.submit(...testWalletGrant(caller.accountId, now));
  if (await deps.apiKeys.create(key, secret)) return { key, secret };
  const rival = await deps.apiKeys.find(caller.accountId, key.id);
  if (!rival) throw new Error(`key ${key.id} exists, but isn't there`);
  return replayOf(rival, idempotency);
}

function replayOf(earlier: ApiKey, { requestHash }: Idempotency): CreatedApiKey {
  if (earlier.requestHash !== requestHash) throw idempotencyKeyReused();
  return { key: earlier, secret: null };
}
