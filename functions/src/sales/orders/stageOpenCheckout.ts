import type { UnitOfWork } from '@cloud-bridge/base';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';
import { tooManyOpenCheckouts } from './orders.errors.ts';

/** Unpaid orders that one account may have open at once; limited because each is reconciled with its provider. */
const MAX_OPEN_CHECKOUTS = 20;

/**
 * Checks that an account may have another open order, and returns the function that records the order as open in the
 * same commit. The status of the stored orders decides which of them are open. So an order that is paid, expired,
 * failed or canceled frees its place without a write, and no counter can go wrong.
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

/** Returns the ids that are still open. Reads the orders only at the limit, which few accounts reach. */
async function stillOpen(unit: UnitOfWork, deps: OrdersNeeds, orderIds: readonly string[]): Promise<readonly string[]> {
  if (orderIds.length < MAX_OPEN_CHECKOUTS) return orderIds;
  const orders = await deps.orders.findSeveralIn(unit, orderIds);
  return orders.filter(waitsForCustomer).map(({ id }) => id);
}

/** True for a pending order on a page, or with a saved card whose payment the customer may still have to confirm. */
function waitsForCustomer({ method, status }: Order): boolean {
  return status === 'pending' && (method === 'checkout' || method === 'direct');
}
