import type { IsoTime, UnitOfWork } from '@cloud-bridge/base';
import type { Effect } from '../incoming/onceFor.ts';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';
import { orderEvent } from './orderEvent.ts';

/**
 * Adds the account's event about a changed order to the unit of work, and returns the effect for the marker of the
 * provider's event: `ignored` when the event concerns none of our orders.
 */
export function effectOnOrder(
  unit: UnitOfWork,
  deps: OrdersNeeds,
  before: Order | null,
  after: Order | null,
  now: IsoTime,
): Effect<Order | null> {
  if (!after) return { outcome: 'ignored', orderId: null, result: null };
  const news = orderEvent(before, after, now);
  if (news) deps.accountEvents.createIn(unit, news);
  return { outcome: 'handled', orderId: after.id, result: after };
}
