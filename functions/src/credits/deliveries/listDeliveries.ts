import type { TimePosition } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import { type Caller, callerKeyId } from '../../platform/http/caller.ts';
import type { DeliveryFilter } from './deliveries.store.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';

/**
 * Lists deliveries that the caller may see, newest first: a key's own, or all of the account for its owner. Deliveries
 * of a deleted integration stay in the list.
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
