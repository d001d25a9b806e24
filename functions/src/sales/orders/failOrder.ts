import { changeOrder } from './changeOrder.ts';
import type { OrdersNeeds } from './needs.ts';

/** Marks a pending order as failed, because the provider will never accept it; leaves any other order unchanged. */
export async function failOrder(deps: OrdersNeeds, orderId: string, code: string, message: string): Promise<void> {
  const updatedAt = deps.clock();
  await changeOrder(deps, orderId, (order) =>
    order.status === 'pending' ? { ...order, status: 'failed', lastPaymentError: { code, message }, updatedAt } : order,
  );
}
