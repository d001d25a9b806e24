import type { AccountCaller } from '../../platform/http/caller.ts';
import type { ApiKey } from './apiKey.ts';
import { managementKeyNeedsOwner } from './apiKeys.errors.ts';

/**
 * Refuses changes of a management key by anyone but a signed-in person.
 * @throws CREDENTIAL_NOT_ALLOWED
 */
export function assertMayChange(caller: AccountCaller, key: ApiKey): void {
  if (key.kind === 'management' && caller.via !== 'idToken') throw managementKeyNeedsOwner();
}
