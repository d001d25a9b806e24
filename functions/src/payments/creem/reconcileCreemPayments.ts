import type { Deps } from '../../deps.ts';
import { followPayment } from '../../orders/followPayment.ts';
import type { Order } from '../../orders/order.ts';
import { NO_REVERSAL, type PaymentReversal } from '../../orders/reversal.ts';
import type { CreemPayment } from './creemRefunds.ts';
import { followLatePayments } from './followLatePayments.ts';

/** More than are ever disputed at once. */
const MAX_DISPUTED = 500;

/**
 * Follows what no event told of: payments of orders that had been given up, refunds and disputes; and disputes that were
 * won, of which Creem never tells. Says how many. One that can't be followed is left for the next time.
 */
export async function reconcileCreemPayments(deps: Deps): Promise<number> {
  if (deps.config.creemApiBaseUrl === null) return 0;
  const payments = await deps.creem.refunds.listPayments();
  return (await followLatePayments(deps, payments)) + (await followReversals(deps, payments.filter(isReversed)));
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
