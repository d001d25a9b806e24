import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { changeIntegration } from './changeIntegration.ts';
import type { Integration } from './integration.ts';
import type { IntegrationsNeeds } from './needs.ts';
import { revokeKeysOfIntegration } from './revokeKeysOfIntegration.ts';

/**
 * Deletes an integration and revokes its keys permanently. Revokes the keys first, so that a crash never leaves working
 * keys of a deleted integration; and again afterwards, for keys that were created meanwhile. Repeating the deletion
 * changes nothing.
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
