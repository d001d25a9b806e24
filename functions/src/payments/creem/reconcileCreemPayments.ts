import type { Deps } from '../../deps.ts';
import { followPayment } from '../../orders/followPayment.ts';
import type { Order } from '../../orders/order.ts';
import { reconcileOrder } from '../../orders/reconcileOrders.ts';
import { NO_REVERSAL, type PaymentReversal } from '../../orders/reversal.ts';
import { addSeconds } from '../../shared/time.ts';
import type { CreemPayment } from './creemRefunds.ts';

/** More than are ever disputed at once. */
const MAX_DISPUTED = 500;
/** How long a payment is looked for that no order has. */
const LATE_SECONDS = 3 * 24 * 60 * 60;
/** How many orders that were given up are asked about, the latest first. */
const MAX_GIVEN_UP = 100;

/**
 * Follows what no event told of: payments of orders that had been given up, refunds and disputes; and disputes that were
 * won, of which Creem never tells. Says how many. One that can't be followed is left for the next time.
 */
export async function reconcileCreemPayments(deps: Deps): Promise<number> {
  if (deps.config.creemApiBaseUrl === null) return 0;
  const payments = await deps.creem.refunds.listPayments();
  return (await followLatePayments(deps, payments)) + (await followReversals(deps, payments.filter(isReversed)));
}

/**
 * Creem's pages stay open when their orders have been given up here. A payment doesn't say what it was made for, so as
 * long as one is new and of no order, those orders are asked about.
 */
async function followLatePayments(deps: Deps, payments: readonly CreemPayment[]): Promise<number> {
  const now = deps.clock();
  const since = addSeconds(now, -LATE_SECONDS);
  const recent = payments.filter((payment) => payment.paidAt >= since && wasPaid(payment));
  const known = await Promise.all(recent.map(({ paymentId }) => deps.orders.findByPayment(paymentId)));
  if (known.every((order) => order !== null)) return 0;
  let followed = 0;
  for (const order of await deps.orders.listEverywhere({ status: 'expired', limit: MAX_GIVEN_UP })) {
    if (order.provider === 'creem' && order.checkout) followed += Number(await reconcileOrder(deps, order, now));
  }
  return followed;
}

async function followReversals(deps: Deps, reversals: readonly CreemPayment[]): Promise<number> {
  const followed = new Set<string>();
  for (const reversal of reversals) {
    const order = await deps.orders.findByPayment(reversal.paymentId);
    if (order && isNews(order, reversal) && (await follow(deps, reversal.paymentId))) followed.add(order.id);
  }
  const stillDisputed = new Set(reversals.filter(isDisputed).map(({ paymentId }) => paymentId));
  for (const { id, paymentId, provider } of await deps.orders.listEverywhere({
    status: 'disputed',
    limit: MAX_DISPUTED,
  })) {
    if (provider !== 'creem' || paymentId === null || stillDisputed.has(paymentId)) continue;
    if (await follow(deps, paymentId)) followed.add(id);
  }
  return followed.size;
}

function wasPaid(payment: CreemPayment): boolean {
  return isReversed(payment) || payment.refundableAmountMinor > 0;
}

function isReversed({ refundedAmountMinor, disputedAmountMinor }: PaymentReversal): boolean {
  return refundedAmountMinor > 0 || disputedAmountMinor > 0;
}

function isDisputed({ disputedAmountMinor }: PaymentReversal): boolean {
  return disputedAmountMinor > 0;
}

function isNews({ reversal = NO_REVERSAL }: Order, truth: PaymentReversal): boolean {
  return (
    reversal.refundedAmountMinor !== truth.refundedAmountMinor ||
    reversal.disputedAmountMinor !== truth.disputedAmountMinor
  );
}

async function follow(deps: Deps, paymentId: string): Promise<boolean> {
  try {
    return (await followPayment(deps, paymentId, null)).order !== null;
  } catch (error) {
    deps.logger.error('could not reconcile', { paymentId, cause: String(error) });
    return false;
  }
}
