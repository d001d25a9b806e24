import { invalidField } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import type { Caller } from '../../platform/http/caller.ts';
import type { Integration } from './integration.ts';
import type { IntegrationsNeeds } from './needs.ts';

/**
 * Finds an integration of an account that isn't deleted.
 * @throws INTEGRATION_NOT_FOUND
 */
export async function findIntegration(
  deps: Pick<IntegrationsNeeds, 'integrations'>,
  accountId: string,
  integrationId: string,
): Promise<Integration> {
  const integration = await deps.integrations.find(accountId, integrationId);
  if (!integration || integration.deletedAt !== null) throw notFound('INTEGRATION_NOT_FOUND');
  return integration;
}

/**
 * Returns the id of the integration that a request is for: its key's integration, or else the requested one, or null.
 * @throws INVALID_REQUEST for another integration than the key's, INTEGRATION_NOT_FOUND
 */
export async function integrationOfCaller(
  deps: Pick<IntegrationsNeeds, 'integrations'>,
  caller: Caller,
  requestedId: string | undefined,
): Promise<string | null> {
  const own = caller.kind === 'key' ? caller.integrationId : null;
  if (own !== null) {
    if (requestedId !== undefined && requestedId !== own) {
      throw invalidField('integrationId', 'must be the integration of the key');
    }
    return own;
  }
  if (requestedId === undefined) return null;
  return (await findIntegration(deps, caller.accountId, requestedId)).id;
}
