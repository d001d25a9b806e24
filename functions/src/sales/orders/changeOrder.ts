import { runUnitOfWork } from '@cloud-bridge/base';
import { stageUse } from './couponUse.ts';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';

/**
 * Changes an order by a pure rule, together with the use of its coupon, which an order that ends unpaid gives back.
 * A rule that gives the same object back writes nothing.
 */
export async function changeOrder(deps: OrdersNeeds, orderId: string, rule: (order: Order) => Order): Promise<Order> {
  const now = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const order = await deps.orders.findIn(unit, orderId);
    if (!order) throw new Error(`order ${orderId} is gone`);
    const changed = rule(order);
    if (changed === order) return order;
    const use = await stageUse(unit, deps, order, changed, now);
    use.write();
    deps.orders.writeIn(unit, use.order);
    return use.order;
  });
}
