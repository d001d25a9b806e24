import type { IsoTime, UnitOfWork } from '@cloud-bridge/base';
import type { Effect } from '../incoming/onceFor.ts';
import type { OrdersNeeds } from './needs.ts';
import type { Order } from './order.ts';
import { orderEvent } from './orderEvent.ts';

/**
 * Adds what the account is told of a changed order to the unit of work, and gives what the change means for the event
 * that asked for it: an event that concerns no order is ignored.
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
