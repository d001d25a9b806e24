import { isReadOnly } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import type { Caller } from '../../platform/http/caller.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';
import { settleIfDue } from './settleOpenDeliveries.ts';

/**
 * A delivery that the caller may see: any of the account's for its owner, its own for a key. Else 404. As it is now, or
 * as it is stored if the request may write nothing.
 * @throws DELIVERIES_NOT_CONFIGURED, DELIVERY_NOT_FOUND, WALLET_BUSY
 */
export async function findDelivery(deps: DeliveriesNeeds, caller: Caller, deliveryId: string): Promise<Delivery> {
  const delivery = await deps.deliveries.find(caller.accountId, deliveryId);
  if (!delivery || (caller.kind === 'key' && delivery.apiKeyId !== caller.keyId)) throw notFound('DELIVERY_NOT_FOUND');
  return deps.upstream && !isReadOnly() ? settleIfDue(deps, delivery) : delivery;
}
