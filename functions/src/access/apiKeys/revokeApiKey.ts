import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import type { ApiKey } from './apiKey.ts';
import { assertMayChange } from './assertMayChange.ts';
import type { ApiKeysNeeds } from './needs.ts';

/**
 * Revokes a key permanently; repeating this changes nothing. Every instance refuses the key within ten seconds.
 * @throws API_KEY_NOT_FOUND, CREDENTIAL_NOT_ALLOWED
 */
export async function revokeApiKey(deps: ApiKeysNeeds, caller: AccountCaller, keyId: string): Promise<ApiKey> {
  const now = deps.clock();
  const revoked = await deps.apiKeys.change(caller.accountId, keyId, (key) => {
    assertMayChange(caller, key);
    return { revokedAt: key.revokedAt ?? now };
  });
  if (!revoked) throw notFound('API_KEY_NOT_FOUND');
  return revoked;
}
