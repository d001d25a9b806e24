import { addSeconds, groupsOf, type IsoTime, once, positionOf, type TimePosition } from '@cloud-bridge/base';
import { hasCode, isUnavailable, refusal } from '../../platform/errors/refusal.ts';
import type { EventMarker } from '../../sales/incoming/incomingEvent.ts';
import { notingFailure } from '../../sales/incoming/notingFailure.ts';
import type { Order } from '../../sales/orders/order.ts';
import { reconcileOrder } from '../../sales/reconciliation/reconcileOrders.ts';
import { syncSubscription } from '../../sales/subscriptions/syncSubscription.ts';
import type { CreemPayment } from './creemRefunds.ts';
import type { CreemNeeds } from './needs.ts';

/** What a payment that nobody can tie to an order is called among the events that failed. */
export const UNEXPLAINED_PAYMENT = 'payment.unexplained';

/** How far back the first look goes. */
const FIRST_LOOK_SECONDS = 30 * 24 * 60 * 60;
/** A payment may be listed a little later than it was made, by a clock that isn't ours. */
const OVERLAP_SECONDS = 15 * 60;
/** How orders end whose pages at Creem stay open. */
const GIVEN_UP = ['expired', 'canceled'] as const;
/** How many orders of each such end are looked through for one payment, the latest first. */
const MAX_GIVEN_UP = 1_000;
/** How many of them Creem is asked about for one account, so that no account's orders keep others' from being found. */
const MAX_OF_ACCOUNT = 20;
const PAGE_SIZE = 100;
/** Questions to Creem that are asked at once. */
const CONCURRENCY = 5;

/** One look through Creem's payments, for those that no order has. */
export interface LatePayments {
  readonly begunAt: IsoTime;
  /** Payments from this time on are looked at. */
  readonly since: IsoTime;
  /** Ids of payments for what the catalog sells, asked for once. */
  readonly ours: () => Promise<ReadonlySet<string>>;
}

/** Begins a look: at what was paid since the last one that came to its end. */
export async function lookForLatePayments(deps: CreemNeeds): Promise<LatePayments> {
  const begunAt = deps.clock();
  const readUntil = await deps.incomingEvents.readUntil('creem');
  const since = addSeconds(readUntil ?? addSeconds(begunAt, -FIRST_LOOK_SECONDS), -OVERLAP_SECONDS);
  return { begunAt, since, ours: once(() => paymentsForOurProducts(deps)) };
}

/**
 * Looks for the order of a payment that no order has: Creem's pages stay open when their orders have been given up
 * here, and a restore loses orders. A payment for one of our products that stays without an order is noted among the
 * failed events, so that it is looked for again every day, and operators see it. True when the payment was tied to an
 * order.
 * @throws what keeps the order from being credited
 */
export async function followLatePayment(deps: CreemNeeds, look: LatePayments, payment: CreemPayment): Promise<boolean> {
  if (payment.paidAt < look.since || !wasPaid(payment)) return false;
  return explainOrNote(deps, payment, (await look.ours()).has(payment.paymentId));
}

/**
 * Looks once more for the order of a payment that was noted.
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
  // A payment that is noted already is looked for once a day.
  if (await deps.failedEvents.find(event)) return false;
  // Nobody misses an order for what isn't sold here; but that the order couldn't be looked for is noted all the same.
  const look = () => (isOurs ? explainPayment(deps, paymentId) : explain(deps, payment));
  return (await notingFailure(deps, event, { paymentId }, look)) !== null;
}

/** Has the order of a payment credited; null when none is found. */
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

/**
 * A payment of a page doesn't say what it was made for: the orders of that amount which were given up are asked about.
 */
async function followGivenUp(deps: CreemNeeds, payment: CreemPayment): Promise<void> {
  const now = deps.clock();
  for (const status of GIVEN_UP) {
    const orders = await ordersThatMayBe(deps, payment, status);
    await inBatches(orders, (order) => askAbout(deps, order, now));
  }
}

/** Orders with one end that a payment may have been made for. */
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

/** Asks about one order. One that can't be settled, say because its page is gone, is no reason to find no other. */
async function askAbout(deps: CreemNeeds, order: Order, now: IsoTime): Promise<void> {
  try {
    await reconcileOrder(deps, order, now);
  } catch (error) {
    if (!hasCode(error) || isUnavailable(error)) throw error;
    deps.logger.error('could not reconcile', { orderId: order.id, cause: String(error) });
  }
}

/** Payments for what the catalog sells through Creem: others may be for something that isn't sold here. */
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
