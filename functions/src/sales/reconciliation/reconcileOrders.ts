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
import { type Fulfilment, fulfilCheckout } from '../orders/fulfilCheckout.ts';
import { isCardOrder, isInvoiceOrder, isPageOrder, type Order, type OrderCheckout } from '../orders/order.ts';
import type { CheckoutTruth } from '../payments/paymentProvider.ts';
import { portOf, providerOf } from '../payments/providers.ts';
import { followPlanOrder } from '../subscriptions/followPlanOrder.ts';
import type { ReconciliationNeeds } from './needs.ts';

/** How long a webhook is waited for before the provider is asked. */
const PATIENCE_SECONDS = 60 * 60;
/** How long an order may still be paid by repeating its request or confirming it; sessions live as long. */
const OPENING_SECONDS = 24 * 60 * 60;

/**
 * Asks the provider about orders that have been pending for an hour, in case no webhook came, and closes those for
 * which no checkout was ever opened or that nobody confirmed for a day. Says how many changed. What the scheduled
 * function does.
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
 * Asks about one order; true when it changed.
 * @throws what the provider or the database throws
 */
export async function reconcileOrder(deps: ReconciliationNeeds, order: Order, now: IsoTime): Promise<boolean> {
  if (order.kind === 'plan') return (await followPlanOrder(deps, order, null)).changed;
  if (isPageOrder(order) && order.checkout) {
    const truth = await providerOf(deps, order).checkouts.fetchCheckout(order.checkout.sessionId);
    return hasChanged(order, await fulfilCheckout(deps, ifStillWanted(order.checkout, truth, now), null));
  }
  if (isInvoiceOrder(order) && order.invoice) {
    const truth = await portOf(deps, order, 'invoices').fetchInvoice(order.invoice.invoiceId);
    return hasChanged(order, await fulfilCheckout(deps, truth, null));
  }
  const isOld = order.createdAt <= addSeconds(now, -OPENING_SECONDS);
  if (isCardOrder(order) && order.direct.intentId !== null) {
    return hasChanged(order, await askAboutPayment(deps, order, order.direct.intentId, isOld));
  }
  return isOld && (await expire(deps, order.id, now));
}

/** Closes an order of which the provider knows nothing. */
async function expire(deps: ReconciliationNeeds, orderId: string, updatedAt: IsoTime): Promise<boolean> {
  const closed = await changeOrder(deps, orderId, (current) =>
    current.status !== 'pending' || isAtProvider(current) ? current : { ...current, status: 'expired', updatedAt },
  );
  return closed.status === 'expired';
}

/** True for an order whose page, payment or invoice is known to exist. */
function isAtProvider(order: Order): boolean {
  if (isCardOrder(order)) return order.direct.intentId !== null;
  return isInvoiceOrder(order) ? order.invoice !== undefined : order.checkout !== null;
}

/** A page that nobody has paid by its time is given up, also where the provider would leave it open for ever. */
function ifStillWanted({ expiresAt }: OrderCheckout, truth: CheckoutTruth, now: IsoTime): CheckoutTruth {
  if (truth.state.status !== 'open' || expiresAt > addSeconds(now, -PATIENCE_SECONDS)) return truth;
  return { ...truth, state: { status: 'expired', lastPaymentError: truth.state.lastPaymentError } };
}

/** Asks about a payment with a saved method; after a day nobody is waited for any more. */
async function askAboutPayment(
  deps: ReconciliationNeeds,
  order: Order,
  paymentId: string,
  isOld: boolean,
): Promise<Fulfilment> {
  const payments = portOf(deps, order, 'payments');
  const truth = await payments.fetchPayment(paymentId);
  const isAbandoned = isOld && truth.state.status === 'open';
  return fulfilCheckout(deps, isAbandoned ? await payments.cancelPayment(paymentId) : truth, null);
}

function hasChanged(before: Order, { order }: Fulfilment): boolean {
  return order !== null && order.status !== before.status;
}
