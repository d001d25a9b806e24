import type { Deps } from '../../main/compose.ts';
import { changeOrder } from './changeOrder.ts';

/** Closes an order that the provider will never take; one that is no longer pending stays as it is. */
export async function failOrder(deps: Deps, orderId: string, code: string, message: string): Promise<void> {
  const updatedAt = deps.clock();
  await changeOrder(deps, orderId, (order) =>
    order.status === 'pending' ? { ...order, status: 'failed', lastPaymentError: { code, message }, updatedAt } : order,
  );
}
