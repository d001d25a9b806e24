import type { TimePosition } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import { type Caller, callerKeyId } from '../../platform/http/caller.ts';
import type { DeliveryFilter } from './deliveries.store.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';

/**
 * Deliveries that a caller may see, newest first: a key's own, all of the account's for its owner. Those of a deleted
 * integration can still be listed.
 * @throws INTEGRATION_NOT_FOUND
 */
export async function listDeliveries(
  deps: DeliveriesNeeds,
  caller: Caller,
  filters: Omit<DeliveryFilter, 'apiKeyId'>,
  limit: number,
  after: TimePosition | undefined,
): Promise<Delivery[]> {
  const { accountId } = caller;
  const { integrationId } = filters;
  if (integrationId !== undefined && !(await deps.integrations.find(accountId, integrationId))) {
    throw notFound('INTEGRATION_NOT_FOUND');
  }
  return deps.deliveries.list(accountId, { ...filters, apiKeyId: callerKeyId(caller) }, limit, after);
}
