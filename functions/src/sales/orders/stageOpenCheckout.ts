import type { UnitOfWork } from '@cloud-bridge/base';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';
import { tooManyOpenCheckouts } from './orders.errors.ts';

/** How many orders of an account may wait for their customer at once: each is asked about at its provider. */
const MAX_OPEN_CHECKOUTS = 20;

/**
 * Finds a place for a new order among those of its account that wait for their customer; gives the function that takes
 * the place in the same commit as the order. The orders themselves say which places are taken: an order that is paid,
 * expired, failed or cancelled frees its place by that alone, so nothing can drift.
 * @throws TOO_MANY_OPEN_CHECKOUTS
 */
export async function stageOpenCheckout(unit: UnitOfWork, deps: OrdersNeeds, order: Order): Promise<() => void> {
  if (!waitsForCustomer(order)) return () => {};
  const { id, accountId } = order;
  const noted = await deps.openCheckouts.orderIdsIn(unit, accountId);
  const open = await stillOpen(unit, deps, noted ?? []);
  if (open.length >= MAX_OPEN_CHECKOUTS) throw tooManyOpenCheckouts(MAX_OPEN_CHECKOUTS, open);
  return () => deps.openCheckouts.writeIn(unit, accountId, noted, [...open, id]);
}

/** Most accounts never come near the limit, so the orders are only read at the limit. */
async function stillOpen(unit: UnitOfWork, deps: OrdersNeeds, orderIds: readonly string[]): Promise<readonly string[]> {
  if (orderIds.length < MAX_OPEN_CHECKOUTS) return orderIds;
  const orders = await deps.orders.findSeveralIn(unit, orderIds);
  return orders.filter(waitsForCustomer).map(({ id }) => id);
}

/** True for an order whose page is open, or whose payment with a saved card the customer may still have to confirm. */
function waitsForCustomer({ method, status }: Order): boolean {
  return status === 'pending' && (method === 'checkout' || method === 'direct');
}
