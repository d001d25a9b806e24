import type { Deps } from '../deps.ts';
import { addSeconds, type IsoTime } from '../shared/time.ts';
import { fulfilCheckout } from './fulfilCheckout.ts';
import type { Order } from './order.ts';

/** How long a webhook is waited for before the provider is asked. */
const PATIENCE_SECONDS = 60 * 60;
/** How long a checkout may still be opened for an order by repeating the request; sessions live as long. */
const OPENING_SECONDS = 24 * 60 * 60;
const PAGE_SIZE = 100;

/**
 * Asks the provider about orders that have been pending for an hour, in case no webhook came, and closes those for
 * which no checkout was ever opened. Says how many changed. What the scheduled function does.
 */
export async function reconcileOrders(deps: Deps): Promise<number> {
  const now = deps.clock();
  let changed = 0;
  let after: IsoTime | undefined;
  for (;;) {
    const orders = await deps.orders.listPending(addSeconds(now, -PATIENCE_SECONDS), after, PAGE_SIZE);
    for (const order of orders) changed += Number(await reconcileOrder(deps, order, now));
    const last = orders.at(-1);
    if (!last || orders.length < PAGE_SIZE) return changed;
    after = last.createdAt;
  }
}

/** True when the order changed. One that can't be asked about is left for the next time. */
async function reconcileOrder(deps: Deps, order: Order, now: IsoTime): Promise<boolean> {
  try {
    if (order.checkout) {
      const truth = await deps.payments.fetchCheckout(order.checkout.sessionId);
      const { order: current } = await fulfilCheckout(deps, truth, null);
      return current !== null && current.status !== order.status;
    }
    if (order.createdAt > addSeconds(now, -OPENING_SECONDS)) return false;
    const closed = await deps.orders.change(order.id, (current) =>
      current.checkout || current.status !== 'pending' ? current : { ...current, status: 'expired', updatedAt: now },
    );
    return closed.status === 'expired';
  } catch (error) {
    deps.logger.error('could not reconcile', { orderId: order.id, cause: String(error) });
    return false;
  }
}
