import { runUnitOfWork } from '@cloud-bridge/base';
import { stageUse } from './couponUse.ts';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';

/**
 * Changes an order by a pure rule, and settles its coupon use in the same commit: an order that ends unpaid gives the
 * use back. Writes nothing when the rule returns the same object.
 */
export async function changeOrder(deps: OrdersNeeds, orderId: string, rule: (order: Order) => Order): Promise<Order> {
  const now = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const order = await deps.orders.findIn(unit, orderId);
    if (!order) throw new Error(`order ${orderId} does not exist`);
    const changed = rule(order);
    if (changed === order) return order;
    const use = await stageUse(unit, deps, order, changed, now);
    use.write();
    deps.orders.writeIn(unit, use.order);
    return use.order;
  });
}
