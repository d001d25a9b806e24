import { addSeconds, groupsOf, type IsoTime, once, positionOf, type TimePosition } from '@cloud-bridge/base';
import { hasCode, isUnavailable, refusal } from '../../platform/errors/refusal.ts';
import type { EventMarker } from '../../sales/incoming/incomingEvent.ts';
import { notingFailure } from '../../sales/incoming/notingFailure.ts';
import type { Order } from '../../sales/orders/order.ts';
import { reconcileOrder } from '../../sales/reconciliation/reconcileOrders.ts';
import { syncSubscription } from '../../sales/subscriptions/syncSubscription.ts';
import type { CreemPayment } from './creemRefunds.ts';
import type { CreemNeeds } from './needs.ts';

/** The type of a failed event that stands for a payment without an order. */
export const UNEXPLAINED_PAYMENT = 'payment.unexplained';

/** How many seconds the first search goes back. */
const FIRST_LOOK_SECONDS = 30 * 24 * 60 * 60;
/** Overlap of two searches: a payment may be listed later than it was made, and Creem's clock may differ from ours. */
const OVERLAP_SECONDS = 15 * 60;
/** Statuses of orders that ended here while their pages at Creem stayed open. */
const GIVEN_UP = ['expired', 'canceled'] as const;
/** Number of orders with each of these statuses that are read for one payment, newest first. */
const MAX_GIVEN_UP = 1_000;
/** Number of one account's orders that Creem is asked about, so that no account's orders crowd out others'. */
const MAX_OF_ACCOUNT = 20;
const PAGE_SIZE = 100;
/** Number of concurrent requests to Creem. */
const CONCURRENCY = 5;

/** A search through Creem's payments for payments without an order. */
export interface LatePayments {
  readonly begunAt: IsoTime;
  /** Payments before this time are skipped. */
  readonly since: IsoTime;
  /** Returns the ids of payments for the catalog's products; asks Creem once. */
  readonly ours: () => Promise<ReadonlySet<string>>;
}

/** Begins a search through the payments since the last complete search. */
export async function lookForLatePayments(deps: CreemNeeds): Promise<LatePayments> {
  const begunAt = deps.clock();
  const readUntil = await deps.incomingEvents.readUntil('creem');
  const since = addSeconds(readUntil ?? addSeconds(begunAt, -FIRST_LOOK_SECONDS), -OVERLAP_SECONDS);
  return { begunAt, since, ours: once(() => paymentsForOurProducts(deps)) };
}

/**
 * Looks for the order of a payment that isn't tied to an order. Such payments exist because Creem's pages stay open
 * after their orders have ended here, and because a restore loses orders. A payment for one of our products without an
 * order is stored as a failed event, so that it is retried every day and operators see it. Returns true if the payment
 * was tied to an order.
 * @throws what keeps the order from being credited
 */
export async function followLatePayment(deps: CreemNeeds, look: LatePayments, payment: CreemPayment): Promise<boolean> {
  if (payment.paidAt < look.since || !wasPaid(payment)) return false;
  return explainOrNote(deps, payment, (await look.ours()).has(payment.paymentId));
}

/**
 * Looks again for the order of a payment that was stored as a failed event.
 * @throws PAYMENT_UNEXPLAINED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function explainPayment(deps: CreemNeeds, paymentId: string): Promise<Order> {
  const found = await deps.orders.findByPayment(paymentId);
  if (found) return found;
  const explained = await explain(deps, await deps.creemPayments.fetchPayment(paymentId));
  if (explained) return explained;
  throw refusal(
    'PAYMENT_UNEXPLAINED',
    `No order is known for the payment ${paymentId} at Creem. Send its event checkout.completed again from Creem's ` +
      'dashboard.',
  );
}

async function explainOrNote(deps: CreemNeeds, payment: CreemPayment, isOurs: boolean): Promise<boolean> {
  const { paymentId } = payment;
  const event: EventMarker = { provider: 'creem', eventId: paymentId, type: UNEXPLAINED_PAYMENT };
  // A payment that is stored already is retried once a day.
  if (await deps.failedEvents.find(event)) return false;
  // A payment for a product that isn't ours needs no order. But an error during the search is stored in either case.
  const look = () => (isOurs ? explainPayment(deps, paymentId) : explain(deps, payment));
  return (await notingFailure(deps, event, { paymentId }, look)) !== null;
}

/** Finds the order of a payment and credits it; returns null if there is no order. */
async function explain(deps: CreemNeeds, payment: CreemPayment): Promise<Order | null> {
  const { paymentId, providerSubscriptionId } = payment;
  if (providerSubscriptionId !== null) await followSubscription(deps, providerSubscriptionId);
  else await followGivenUp(deps, payment);
  return deps.orders.findByPayment(paymentId);
}

async function followSubscription(deps: CreemNeeds, providerSubscriptionId: string): Promise<void> {
  const { subscriptionId } = await deps.providers.creem.subscriptions.fetch(providerSubscriptionId);
  if (subscriptionId === null) return;
  await syncSubscription(deps, { provider: 'creem', subscriptionId, providerSubscriptionId }, null);
}

/** Asks Creem about ended orders of a payment's amount, because a payment doesn't name the page it was made on. */
async function followGivenUp(deps: CreemNeeds, payment: CreemPayment): Promise<void> {
  const now = deps.clock();
  for (const status of GIVEN_UP) {
    const orders = await ordersThatMayBe(deps, payment, status);
    await inBatches(orders, (order) => askAbout(deps, order, now));
  }
}

/** Lists the orders with a status that a payment may have been made for. */
async function ordersThatMayBe(
  deps: CreemNeeds,
  { unitAmountMinor, paidAt }: CreemPayment,
  status: (typeof GIVEN_UP)[number],
): Promise<Order[]> {
  const givenUp = { provider: 'creem', status, since: '' } as const;
  const found: Order[] = [];
  const countOf = new Map<string, number>();
  let after: TimePosition | null = null;
  for (let seen = 0; seen < MAX_GIVEN_UP; seen += PAGE_SIZE) {
    const orders: Order[] = await deps.orders.listAtProvider(givenUp, after, PAGE_SIZE);
    for (const order of orders) {
      const isOfAmount = order.unitAmountMinor === unitAmountMinor && order.createdAt <= paidAt;
      if (order.kind === 'plan' || order.checkout === null || !isOfAmount) continue;
      const count = (countOf.get(order.accountId) ?? 0) + 1;
      countOf.set(order.accountId, count);
      if (count <= MAX_OF_ACCOUNT) found.push(order);
    }
    const last = orders.at(-1);
    if (!last || orders.length < PAGE_SIZE) break;
    after = positionOf(last);
  }
  return found;
}

/** Asks Creem about an order. If that fails for this order only (say its page is gone), the search goes on. */
async function askAbout(deps: CreemNeeds, order: Order, now: IsoTime): Promise<void> {
  try {
    await reconcileOrder(deps, order, now);
  } catch (error) {
    if (!hasCode(error) || isUnavailable(error)) throw error;
    deps.logger.error('could not reconcile', { orderId: order.id, cause: String(error) });
  }
}

/** Returns the ids of payments for the catalog's products at Creem; the merchant may sell other products there. */
async function paymentsForOurProducts(deps: CreemNeeds): Promise<ReadonlySet<string>> {
  const { packs, plans } = await deps.catalog.current();
  const products = [
    ...packs.map(({ creemProductId }) => creemProductId),
    ...plans.flatMap(({ creemProductId, creemYearlyProductId }) => [creemProductId, creemYearlyProductId]),
  ].filter((id) => typeof id === 'string');
  const listed = await inBatches(products, (productId) => deps.creemPayments.paymentsForProduct(productId));
  return new Set(listed.flat().map(({ paymentId }) => paymentId));
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const group of groupsOf(items, CONCURRENCY)) results.push(...(await Promise.all(group.map(work))));
  return results;
}

function wasPaid({ refundedAmountMinor, disputedAmountMinor, refundableAmountMinor }: CreemPayment): boolean {
  return refundedAmountMinor > 0 || disputedAmountMinor > 0 || refundableAmountMinor > 0;
}
