import {
  addSeconds,
  type IsoTime,
  pageOf,
  positionOf,
  type RunLimits,
  type TimePosition,
  workThrough,
} from '@cloud-bridge/base';
import { changeOrder } from '../orders/changeOrder.ts';
import { type Fulfillment, fulfillOrder } from '../orders/fulfillOrder.ts';
import { isCardOrder, isInvoiceOrder, isPageOrder, type Order, type OrderCheckout } from '../orders/order.ts';
import type { CheckoutTruth } from '../payments/paymentProvider.ts';
import { portOf, providerOf } from '../payments/providers.ts';
import { followPlanOrder } from '../subscriptions/followPlanOrder.ts';
import type { ReconciliationNeeds } from './needs.ts';

/** Seconds to wait for a webhook before the provider is asked. */
const PATIENCE_SECONDS = 60 * 60;
/**
 * Seconds in which an order may still be paid by repeating its request or confirming its payment; checkout sessions
 * live as long.
 */
const OPENING_SECONDS = 24 * 60 * 60;

/**
 * Asks the provider about orders that have been pending for an hour, in case a webhook was lost, for the scheduled
 * function. Closes orders for which no checkout was opened, or whose payment the customer didn't confirm, within a day.
 * Returns the number of orders changed.
 */
export async function reconcileOrders(deps: ReconciliationNeeds, limits?: Partial<RunLimits>): Promise<number> {
  const now = deps.clock();
  const before = addSeconds(now, -PATIENCE_SECONDS);
  const { changed } = await workThrough(
    deps,
    {
      name: 'reconcileOrders',
      list: async (after: TimePosition | null, limit) =>
        pageOf(await deps.orders.listPending(before, after, limit), limit, positionOf),
      settle: (order) => reconcileOrder(deps, order, now),
      cursorAfter: positionOf,
      complaint: 'could not reconcile',
      nameOf: ({ id }) => ({ orderId: id }),
    },
    limits,
  );
  return changed;
}

/**
 * Asks the provider about one order; returns true if the order changed.
 * @throws what the provider or the database throws
 */
export async function reconcileOrder(deps: ReconciliationNeeds, order: Order, now: IsoTime): Promise<boolean> {
  if (order.kind === 'plan') return (await followPlanOrder(deps, order, null)).changed;
  if (isPageOrder(order) && order.checkout) {
    const truth = await providerOf(deps, order).checkouts.fetchCheckout(order.checkout.sessionId);
    return hasChanged(order, await fulfillOrder(deps, ifStillWanted(order.checkout, truth, now), null));
  }
  if (isInvoiceOrder(order) && order.invoice) {
    const truth = await portOf(deps, order, 'invoices').fetchInvoice(order.invoice.invoiceId);
    return hasChanged(order, await fulfillOrder(deps, truth, null));
  }
  const isOld = order.createdAt <= addSeconds(now, -OPENING_SECONDS);
  if (isCardOrder(order) && order.direct.intentId !== null) {
    return hasChanged(order, await askAboutPayment(deps, order, order.direct.intentId, isOld));
  }
  return isOld && (await expire(deps, order.id, now));
}

/**
 * Expires a pending order that has no page, payment or invoice at its provider; returns true if the order is expired
 * then.
 */
async function expire(deps: ReconciliationNeeds, orderId: string, updatedAt: IsoTime): Promise<boolean> {
  const closed = await changeOrder(deps, orderId, (current) =>
    current.status !== 'pending' || isAtProvider(current) ? current : { ...current, status: 'expired', updatedAt },
  );
  return closed.status === 'expired';
}

/** True for an order whose page, payment or invoice exists at the provider. */
function isAtProvider(order: Order): boolean {
  if (isCardOrder(order)) return order.direct.intentId !== null;
  return isInvoiceOrder(order) ? order.invoice !== undefined : order.checkout !== null;
}

/** Treats an open page as expired once its time is over, because some providers never close their pages. */
function ifStillWanted({ expiresAt }: OrderCheckout, truth: CheckoutTruth, now: IsoTime): CheckoutTruth {
  if (truth.state.status !== 'open' || expiresAt > addSeconds(now, -PATIENCE_SECONDS)) return truth;
  return { ...truth, state: { status: 'expired', lastPaymentError: truth.state.lastPaymentError } };
}

/** Asks about a payment with a saved method, and cancels it if the customer hasn't confirmed it within a day. */
async function askAboutPayment(
  deps: ReconciliationNeeds,
  order: Order,
  paymentId: string,
  isOld: boolean,
): Promise<Fulfillment> {
  const payments = portOf(deps, order, 'payments');
  const truth = await payments.fetchPayment(paymentId);
  const isAbandoned = isOld && truth.state.status === 'open';
  return fulfillOrder(deps, isAbandoned ? await payments.cancelPayment(paymentId) : truth, null);
}

function hasChanged(before: Order, { order }: Fulfillment): boolean {
  return order !== null && order.status !== before.status;
}
