import { changeOrder } from './changeOrder.ts';
import type { OrdersNeeds } from './needs.ts';

/** Closes an order that the provider will never take; one that is no longer pending stays as it is. */
export async function failOrder(deps: OrdersNeeds, orderId: string, code: string, message: string): Promise<void> {
  const updatedAt = deps.clock();
  await changeOrder(deps, orderId, (order) =>
    order.status === 'pending' ? { ...order, status: 'failed', lastPaymentError: { code, message }, updatedAt } : order,
  );
}
