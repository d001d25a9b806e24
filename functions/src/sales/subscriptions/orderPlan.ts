import { type Idempotency, idempotencyKeyReused, idOfRequest, runUnitOfWork } from '@cloud-bridge/base';
import { CAPABILITIES, type ProviderName } from '../../access/accounts/providerName.ts';
import { offerOf, type PlanOffer, type PlanRequest, productIdsOf } from '../../catalog/planOffer.ts';
import { payerOf } from '../customers/payerOf.ts';
import { stageFirstUse } from '../orders/couponUse.ts';
import { openOrderOr } from '../orders/findOpenOrder.ts';
import type { Order } from '../orders/order.ts';
import { newOrder, type OrderDraft } from '../orders/placeOrder.ts';
import { stageOpenCheckout } from '../orders/stageOpenCheckout.ts';
import { providerChoice } from '../payments/providerChoice.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { newSubscription } from './newSubscription.ts';
import { planPurchase } from './planPurchase.ts';
import { isRunning, type Subscription } from './subscription.ts';
import { otherCurrency } from './subscriptions.errors.ts';

/** How the first period is paid. */
export type PlanPayment = Pick<OrderDraft, 'method' | 'successUrl' | 'cancelUrl' | 'discount'>;

export interface OrderedPlan {
  readonly order: Order;
  readonly subscription: Subscription;
  readonly replayed: boolean;
}

/** How many of an account's subscriptions are looked through. */
export const MAX_SUBSCRIPTIONS = 200;

/**
 * Writes a subscription and the order of its first period before any provider is called, so that no payment is ever
 * without them; a repetition finds the first, and who asks again for the same plan with the same coupon finds the order
 * whose page is still open.
 * @param payment called for a new order only
 * Throws 400 (plan, interval, currency), 409 (other subscriptions in another currency; coupon; no product at Creem; too
 * many open checkouts), 422
 * (Idempotency-Key used for something else), 502 or 503 (provider).
 */
export async function orderPlan(
  deps: SubscriptionsNeeds,
  accountId: string,
  request: PlanRequest & { readonly provider: ProviderName },
  { key, requestHash }: Idempotency,
  payment: (offer: PlanOffer) => Promise<PlanPayment>,
): Promise<OrderedPlan> {
  const orderId = idOfRequest({ account: accountId }, 'ord', key);
  const known = key ? await findOrdered(deps, orderId, requestHash) : null;
  if (known) return known;
  const catalog = await deps.catalog.current();
  const offer = offerOf(catalog, request);
  const { provider } = request;
  const choice = providerChoice(provider, productIdsOf(catalog, offer), `The plan ${offer.planSlug}`);
  const method = await payment(offer);
  if (CAPABILITIES[provider].oneCurrencyPerCustomer) await requireOneCurrency(deps, accountId, provider, offer);
  const { certainCustomerId: customerId } = await payerOf(deps, { accountId, provider });
  const now = deps.clock();
  const subscription = newSubscription({ accountId, provider, orderId, customerId, requestHash, offer }, now);
  const identity = { id: orderId, accountId, requestHash, walletId: subscription.id };
  const order: Order = { ...newOrder({ ...planPurchase(offer), ...choice, ...method }, identity, now), customerId };
  return openOrderOr(
    deps,
    order,
    async (open) => orderedPlan(deps, open),
    () => store(deps, order, subscription),
  );
}

/** Writes a new order with its subscription, or gives what is there by its id. */
async function store(deps: SubscriptionsNeeds, order: Order, subscription: Subscription): Promise<OrderedPlan> {
  const { id: orderId, createdAt: now, requestHash } = order;
  const isFirst = await runUnitOfWork(deps.db, async (unit) => {
    const countUse = await stageFirstUse(unit, deps, order, now);
    if (await deps.orders.findIn(unit, orderId)) return false;
    const takePlace = await stageOpenCheckout(unit, deps, order);
    countUse();
    takePlace();
    deps.orders.createIn(unit, order);
    deps.subscriptions.createIn(unit, subscription);
    return true;
  });
  if (isFirst) return { order, subscription, replayed: false };
  const rival = await findOrdered(deps, orderId, requestHash);
  if (!rival) throw new Error(`order ${orderId} exists, but isn't there`);
  return rival;
}

async function findOrdered(
  deps: SubscriptionsNeeds,
  orderId: string,
  requestHash: string,
): Promise<OrderedPlan | null> {
  const order = await deps.orders.find(orderId);
  if (!order) return null;
  if (order.requestHash !== requestHash || order.kind !== 'plan') throw idempotencyKeyReused();
  return orderedPlan(deps, order);
}

async function orderedPlan(deps: SubscriptionsNeeds, order: Order): Promise<OrderedPlan> {
  const subscription = await deps.subscriptions.find(order.walletId);
  if (!subscription) throw new Error(`order ${order.id} has no subscription`);
  return { order, subscription, replayed: true };
}

async function requireOneCurrency(
  deps: SubscriptionsNeeds,
  accountId: string,
  provider: ProviderName,
  { currency }: PlanOffer,
): Promise<void> {
  const all = await deps.subscriptions.list(accountId, MAX_SUBSCRIPTIONS);
  const other = all.find(
    (subscription) =>
      isRunning(subscription) && subscription.provider === provider && subscription.currency !== currency,
  );
  if (other) throw otherCurrency(other.currency);
}
