import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { changeIntegration } from './changeIntegration.ts';
import type { Integration } from './integration.ts';
import type { UpdateIntegrationRequest } from './integrations.schemas.ts';
import type { IntegrationsNeeds } from './needs.ts';

/**
 * Changes the name or platform of an integration that isn't deleted.
 * @throws INTEGRATION_NOT_FOUND
 */
export async function updateIntegration(
  deps: IntegrationsNeeds,
  { accountId }: AccountCaller,
  integrationId: string,
  { name, platform }: UpdateIntegrationRequest,
): Promise<Integration> {
  const change = { ...(name !== undefined && { name }), ...(platform !== undefined && { platform }) };
  return changeIntegration(deps, accountId, integrationId, (current) => {
    if (current.deletedAt !== null) throw notFound('INTEGRATION_NOT_FOUND');
    return change;
  });
}
