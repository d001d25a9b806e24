import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { changeIntegration } from './changeIntegration.ts';
import type { Integration } from './integration.ts';
import type { IntegrationsNeeds } from './needs.ts';
import { revokeKeysOfIntegration } from './revokeKeysOfIntegration.ts';

/**
 * Deletes an integration and revokes its keys, for good. Its keys are revoked first, so that a deletion that breaks
 * down leaves no integration that is gone with keys that work; and once more after it, for a key that was made
 * meanwhile. Repeating it changes nothing.
 * @throws INTEGRATION_NOT_FOUND
 */
export async function deleteIntegration(
  deps: IntegrationsNeeds,
  { accountId }: AccountCaller,
  integrationId: string,
): Promise<Integration> {
  const now = deps.clock();
  if (!(await deps.integrations.find(accountId, integrationId))) throw notFound('INTEGRATION_NOT_FOUND');
  await revokeKeysOfIntegration(deps, accountId, integrationId);
  const deleted = await changeIntegration(deps, accountId, integrationId, (current) => ({
    deletedAt: current.deletedAt ?? now,
  }));
  await revokeKeysOfIntegration(deps, accountId, integrationId);
  return deleted;
}
