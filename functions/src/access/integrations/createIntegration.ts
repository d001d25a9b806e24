import { type Idempotency, idempotencyKeyReused, idOfRequest } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { type Integration, NO_STATISTICS } from './integration.ts';
import type { CreateIntegrationRequest } from './integrations.schemas.ts';
import type { IntegrationsNeeds } from './needs.ts';

/**
 * Creates an integration.
 * @throws IDEMPOTENCY_KEY_REUSED
 */
export async function createIntegration(
  deps: IntegrationsNeeds,
  { accountId }: AccountCaller,
  { name, platform }: CreateIntegrationRequest,
  { key, requestHash }: Idempotency,
): Promise<{ integration: Integration; replayed: boolean }> {
  const now = deps.clock();
  const draft: Integration = {
    id: idOfRequest({ account: accountId }, 'int', key),
    accountId,
    name,
    platform,
    statistics: NO_STATISTICS,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    requestHash,
  };
  const integration = await deps.integrations.createOrFind(draft);
  if (integration.requestHash !== requestHash) throw idempotencyKeyReused();
  return { integration, replayed: integration !== draft };
}
