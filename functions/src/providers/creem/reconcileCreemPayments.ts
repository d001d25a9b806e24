import { pageOf, positionOf, type RunLimits, type TimePosition, workThrough } from '@cloud-bridge/base';
import { followReversal } from '../../sales/orders/followReversal.ts';
import { NO_REVERSAL, type Order } from '../../sales/orders/order.ts';
import type { PaymentReversal } from '../../sales/payments/refundProvider.ts';
import { followLatePayment, lookForLatePayments } from './followLatePayments.ts';
import type { CreemNeeds } from './needs.ts';

const NAME = 'reconcileCreemPayments';
/** Seconds for each of the two parts: half of a run's time. */
const PART_SECONDS = 210;

/**
 * Follows changes at Creem that no event announced: payments without an order, refunds, disputes, and won disputes, for
 * which Creem has no event. Returns the number of changes. The scheduled function calls this.
 */
export async function reconcileCreemPayments(deps: CreemNeeds, given?: Partial<RunLimits>): Promise<number> {
  if (deps.config.creemApiBaseUrl === null) return 0;
  const limits = { seconds: PART_SECONDS, ...given };
  return (await followPayments(deps, limits)) + (await followDisputed(deps, limits));
}

/** Goes through the payments that Creem lists, newest first. */
async function followPayments(deps: CreemNeeds, limits: Partial<RunLimits>): Promise<number> {
  const look = await lookForLatePayments(deps);
  const isFromTheFront = (await deps.schedules.readCursor(NAME)) === null;
  const { changed, isComplete } = await workThrough(
    deps,
    {
      name: NAME,
      list: async (after: number | null) => {
        const page = after ?? 1;
        const { items, next } = await deps.creemPayments.listPayments(page);
        return { items: items.map((payment) => ({ payment, page })), next };
      },
      settle: async ({ payment }) => {
        const order = await deps.orders.findByPayment(payment.paymentId);
        if (order === null) return followLatePayment(deps, look, payment);
        return isReversed(payment) && isNews(order, payment) && follow(deps, payment.paymentId);
      },
      // A run repeats its last page as a whole, which does no harm: payments that were followed are no news any more.
      cursorAfter: ({ page }) => page,
      complaint: 'could not reconcile',
      nameOf: ({ payment }) => ({ paymentId: payment.paymentId }),
    },
    limits,
  );
  // A search that took several runs may have missed payments made meanwhile, so the next search starts where it did.
  if (isComplete && isFromTheFront) await deps.incomingEvents.writeReadUntil('creem', look.begunAt);
  return changed;
}

async function followDisputed(deps: CreemNeeds, limits: Partial<RunLimits>): Promise<number> {
  const disputed = { provider: 'creem', status: 'disputed', since: '' } as const;
  const { changed } = await workThrough(
    deps,
    {
      name: 'reconcileCreemPayments.disputed',
      list: async (after: TimePosition | null, limit) =>
        pageOf(await deps.orders.listAtProvider(disputed, after, limit), limit, positionOf),
      settle: async (order: Order) => {
        if (order.paymentId === null) return false;
        const truth = await deps.providers.creem.refunds.fetchReversal(order.paymentId);
        return isNews(order, truth) && follow(deps, order.paymentId);
      },
      cursorAfter: positionOf,
      complaint: 'could not reconcile',
      nameOf: ({ id }) => ({ orderId: id }),
    },
    limits,
  );
  return changed;
}

function isReversed({ refundedAmountMinor, disputedAmountMinor }: PaymentReversal): boolean {
  return refundedAmountMinor > 0 || disputedAmountMinor > 0;
}

function isNews({ reversal = NO_REVERSAL }: Order, truth: PaymentReversal): boolean {
  return (
    reversal.refundedAmountMinor !== truth.refundedAmountMinor ||
    reversal.disputedAmountMinor !== truth.disputedAmountMinor
  );
}

async function follow(deps: CreemNeeds, paymentId: string): Promise<boolean> {
  return (await followReversal(deps, paymentId, null)).order !== null;
}
