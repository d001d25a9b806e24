import { isReadOnly } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import type { Caller } from '../../platform/http/caller.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveriesNeeds } from './needs.ts';
import { settleIfDue } from './settleOpenDeliveries.ts';

/**
 * Finds a delivery that the caller may see: an owner sees all deliveries of the account, a key sees its own. Checks an
 * open delivery with the service if a check is due and the request may write.
 * @throws DELIVERIES_NOT_CONFIGURED, DELIVERY_NOT_FOUND, WALLET_BUSY
 */
export async function findDelivery(deps: DeliveriesNeeds, caller: Caller, deliveryId: string): Promise<Delivery> {
  const delivery = await deps.deliveries.find(caller.accountId, deliveryId);
  if (!delivery || (caller.kind === 'key' && delivery.apiKeyId !== caller.keyId)) throw notFound('DELIVERY_NOT_FOUND');
  return deps.upstream && !isReadOnly() ? settleIfDue(deps, delivery) : delivery;
}
