import { type Idempotency, idempotencyKeyReused, idOfRequest, runUnitOfWork } from '@cloud-bridge/base';
import { CAPABILITIES, type ProviderName } from '../../access/accounts/providerName.ts';
import { offerOf, type PlanOffer, type PlanRequest, productIdsOf } from '../../catalog/planOffer.ts';
import type { OrderDiscount } from '../coupons/orderDiscount.ts';
import { payerOf } from '../customers/payerOf.ts';
import { stageFirstUse } from '../orders/couponUse.ts';
import { openOrderOr } from '../orders/findOpenOrder.ts';
import { isPlanOrder, type Order, type PageTargets, type PlanOrder, type UnpaidOrder } from '../orders/order.ts';
import { newOrder } from '../orders/placeOrder.ts';
import { stageOpenCheckout } from '../orders/stageOpenCheckout.ts';
import { providerChoice } from '../payments/providerChoice.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { newSubscription } from './newSubscription.ts';
import { planPurchase } from './planPurchase.ts';
import { isRunning, type Subscription } from './subscription.ts';
import { otherCurrency } from './subscriptions.errors.ts';

/** How the first period is paid: on the provider's page, or directly with the saved card. */
export type PlanPayment =
  | (PageTargets & { readonly method: 'checkout'; readonly discount?: OrderDiscount })
  | { readonly method: 'direct' };

export interface OrderedPlan<O extends Order = PlanOrder> {
  readonly order: O;
  readonly subscription: Subscription;
  readonly replayed: boolean;
}

/** Number of an account's subscriptions that are read. */
export const MAX_SUBSCRIPTIONS = 200;

/**
 * Writes a subscription and the order of its first period before the provider is called, so that no payment is ever
 * without them. A repeated request finds the first order; another request for the same plan with the same coupon finds
 * the order whose page is still open.
 * @param isWanted returns true for an order with the payment method that the caller expects
 * @param payment returns how a new order is paid; called for new orders only
 * @throws what {@link offerOf} throws, CREEM_PRODUCT_MISSING, CURRENCY_NOT_COMBINABLE, TOO_MANY_OPEN_CHECKOUTS,
 *   IDEMPOTENCY_KEY_REUSED, and what `payment` throws
 */
export async function orderPlan<O extends Order>(
  deps: SubscriptionsNeeds,
  accountId: string,
  request: PlanRequest & { readonly provider: ProviderName },
  { key, requestHash }: Idempotency,
  isWanted: (order: Order) => order is O,
  payment: (offer: PlanOffer) => Promise<PlanPayment>,
): Promise<OrderedPlan<O>> {
  const orderId = idOfRequest({ account: accountId }, 'ord', key);
  const known = key ? await findOrdered(deps, orderId, requestHash) : null;
  if (known) return asWanted(known, isWanted);
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
  const order = { ...newOrder({ ...planPurchase(offer), ...choice, ...method }, identity, now), customerId };
  const ordered = await openOrderOr<OrderedPlan<Order>>(
    deps,
    order,
    async (open) => orderedPlan(deps, open),
    () => store(deps, order, subscription),
  );
  return asWanted(ordered, isWanted);
}

function asWanted<O extends Order>(
  { order, ...rest }: OrderedPlan<Order>,
  isWanted: (order: Order) => order is O,
): OrderedPlan<O> {
  if (!isWanted(order)) throw idempotencyKeyReused();
  return { order, ...rest };
}

/** Writes a new order with its subscription; returns the stored ones if a concurrent request was first. */
async function store(
  deps: SubscriptionsNeeds,
  order: UnpaidOrder,
  subscription: Subscription,
): Promise<OrderedPlan<Order>> {
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
  if (!rival) throw new Error(`order ${orderId} existed a moment ago, but can't be read now`);
  return rival;
}

async function findOrdered(
  deps: SubscriptionsNeeds,
  orderId: string,
  requestHash: string,
): Promise<OrderedPlan<Order> | null> {
  const order = await deps.orders.find(orderId);
  if (!order) return null;
  if (order.requestHash !== requestHash || !isPlanOrder(order)) throw idempotencyKeyReused();
  return orderedPlan(deps, order);
}

async function orderedPlan(deps: SubscriptionsNeeds, order: Order): Promise<OrderedPlan<Order>> {
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
