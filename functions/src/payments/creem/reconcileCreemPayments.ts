import type { Deps } from '../../deps.ts';
import { followPayment } from '../../orders/followPayment.ts';
import type { Order } from '../../orders/order.ts';
import { reconcileOrder } from '../../orders/reconcileOrders.ts';
import { NO_REVERSAL, type PaymentReversal } from '../../orders/reversal.ts';
import { pageOf, type RunLimits, type Work, workThrough } from '../../schedules/workThrough.ts';
import { addSeconds, type IsoTime, positionOf, type TimePosition } from '../../shared/time.ts';
import type { CreemPayment } from './creemRefunds.ts';

/** How long a payment is looked for that no order has. */
const LATE_SECONDS = 3 * 24 * 60 * 60;
/** How long ago an order was made that may still be paid on its page after it was given up. */
const GIVEN_UP_SECONDS = 90 * 24 * 60 * 60;
const GIVEN_UP = 'reconcileCreemPayments.givenUp';
/** For each of the three parts, a third of the time that a run has. */
const PART_SECONDS = 140;

/**
 * Follows what no event told of: payments of orders that had been given up, refunds and disputes; and disputes that were
 * won, of which Creem never tells. Says how many. What the scheduled function does.
 */
export async function reconcileCreemPayments(deps: Deps, given?: Partial<RunLimits>): Promise<number> {
  if (deps.config.creemApiBaseUrl === null) return 0;
  const limits = { seconds: PART_SECONDS, ...given };
  const { followed, hasUnknown } = await followPayments(deps, limits);
  const late = hasUnknown || (await isUnderWay(deps)) ? await followGivenUp(deps, limits) : 0;
  return followed + late + (await followDisputed(deps, limits));
}

/** Goes through the payments that Creem lists, the latest first. */
async function followPayments(
  deps: Deps,
  limits: Partial<RunLimits>,
): Promise<{ followed: number; hasUnknown: boolean }> {
  const since = addSeconds(deps.clock(), -LATE_SECONDS);
  let hasUnknown = false;
  const { changed } = await workThrough(
    deps,
    {
      name: 'reconcileCreemPayments',
      list: async (after: number | null) => {
        const page = after ?? 1;
        const { items, next } = await deps.creem.refunds.listPayments(page);
        return { items: items.map((payment) => ({ payment, page })), next };
      },
      settle: async ({ payment }) => {
        const order = await deps.orders.findByPayment(payment.paymentId);
        hasUnknown ||= order === null && payment.paidAt >= since && wasPaid(payment);
        return order !== null && isReversed(payment) && isNews(order, payment) && follow(deps, payment.paymentId);
      },
      // A page is looked at as a whole: what was followed is no news any more.
      cursorAfter: ({ page }) => page,
      complaint: 'could not reconcile',
      nameOf: ({ payment }) => ({ paymentId: payment.paymentId }),
    },
    limits,
  );
  return { followed: changed, hasUnknown };
}

/** True when the last run didn't come to the end of the orders that were given up. */
async function isUnderWay(deps: Deps): Promise<boolean> {
  return (await deps.schedules.readCursor(GIVEN_UP)) !== null;
}

/**
 * Creem's pages stay open when their orders have been given up here. A payment doesn't say what it was made for, so as
 * long as one is new and of no order, those orders are asked about, the latest first.
 */
function followGivenUp(deps: Deps, limits: Partial<RunLimits>): Promise<number> {
  const now = deps.clock();
  const orders = { status: 'expired', since: addSeconds(now, -GIVEN_UP_SECONDS) } as const;
  return followOrders(deps, orders, limits, {
    name: GIVEN_UP,
    settle: async (order) => order.checkout !== null && reconcileOrder(deps, order, now),
  });
}

function followDisputed(deps: Deps, limits: Partial<RunLimits>): Promise<number> {
  return followOrders(deps, { status: 'disputed', since: '' }, limits, {
    name: 'reconcileCreemPayments.disputed',
    settle: async (order) => {
      if (order.paymentId === null) return false;
      const truth = await deps.creem.refunds.fetchReversal(order.paymentId);
      return isNews(order, truth) && follow(deps, order.paymentId);
    },
  });
}

/** Goes through orders at Creem in one status. */
async function followOrders(
  deps: Deps,
  { status, since }: { readonly status: Order['status']; readonly since: IsoTime },
  limits: Partial<RunLimits>,
  work: Pick<Work<Order, TimePosition>, 'name' | 'settle'>,
): Promise<number> {
  const { changed } = await workThrough(
    deps,
    {
      ...work,
      list: async (after: TimePosition | null, limit) =>
        pageOf(await deps.orders.listAtProvider({ provider: 'creem', status, since }, after, limit), limit, positionOf),
      cursorAfter: positionOf,
      complaint: 'could not reconcile',
      nameOf: ({ id }) => ({ orderId: id }),
    },
    limits,
  );
  return changed;
}

function wasPaid(payment: CreemPayment): boolean {
  return isReversed(payment) || payment.refundableAmountMinor > 0;
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

async function follow(deps: Deps, paymentId: string): Promise<boolean> {
  return (await followPayment(deps, paymentId, null)).order !== null;
}
