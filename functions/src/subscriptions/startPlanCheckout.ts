import { orderClosed } from '../checkout/checkout.errors.ts';
import { discountAsCharged, isRefusal } from '../checkout/openCheckout.ts';
import { redirectTargets } from '../checkout/redirectUrl.ts';
import type { StartedCheckout } from '../checkout/startCheckout.ts';
import { discountFor } from '../coupons/discountFor.ts';
import { payerOf } from '../customers/payerOf.ts';
import type { Deps } from '../deps.ts';
import type { AccountCaller } from '../http/caller.ts';
import type { Idempotency } from '../http/idempotency.ts';
import { changeOrder } from '../orders/changeOrder.ts';
import type { Order } from '../orders/order.ts';
import { type ProviderName, providerOf } from '../payments/providers.ts';
import { sealOrder } from '../seals/orderFacts.ts';
import { closePlanOrder } from './followPlanOrder.ts';
import { type OrderedPlan, orderPlan } from './orderPlan.ts';
import type { PlanRequest } from './planOffer.ts';

interface PlanCheckoutRequest extends PlanRequest {
  readonly provider: ProviderName;
  readonly couponCode?: string | undefined;
  readonly successUrl?: string | undefined;
  readonly cancelUrl?: string | undefined;
}

/**
 * Orders a plan and opens the page on which its first period is paid.
 * Throws 400 (plan, interval, currency, redirect URLs), 404 (coupon), 409 (currency; coupon; a repetition of an order
 * that is closed), 422 (Idempotency-Key used for something else), 429 (coupons), 502 or 503 (provider).
 */
export async function startPlanCheckout(
  deps: Deps,
  caller: AccountCaller,
  request: PlanCheckoutRequest,
  idempotency: Idempotency,
): Promise<StartedCheckout> {
  const { accountId } = caller;
  const ordered = await orderPlan(deps, accountId, request, idempotency, async (offer) => {
    const product = { ...offer, kind: 'plan', key: offer.planSlug } as const;
    return {
      method: 'checkout',
      ...redirectTargets(deps.config.allowedOrigins, request),
      ...(request.couponCode && { discount: await discountFor(deps, accountId, request.couponCode, product) }),
    };
  });
  return { order: ordered.order, checkout: await open(deps, ordered), replayed: ordered.replayed };
}

async function open(deps: Deps, { order, subscription }: OrderedPlan): Promise<NonNullable<Order['checkout']>> {
  if (order.checkout?.url) return order.checkout;
  if (order.checkout || order.status !== 'pending') throw orderClosed(order.status);
  const { successUrl, cancelUrl } = order;
  if (successUrl === null || cancelUrl === null) throw new Error(`order ${order.id} is not paid on a page`);
  const { id: subscriptionId, accountId, ordered: offer } = subscription;
  const { customerId, email } = await payerOf(deps, order);
  try {
    const promotionCodeId = order.discount?.promotionCodeId ?? null;
    const productId = order.providerProductId ?? null;
    const request = { subscriptionId, orderId: order.id, accountId, customerId, email, offer, productId };
    const seal = sealOrder(deps.seals, order, offer);
    const pages = { successUrl, cancelUrl, promotionCodeId, seal };
    const opened = await providerOf(deps, order).subscriptions.openCheckout({ ...request, ...pages });
    const { discountMinor, ...checkout } = opened;
    const discount = order.discount && discountAsCharged(order.discount, discountMinor);
    const updatedAt = deps.clock();
    const stored = await changeOrder(deps, order.id, (current) =>
      current.checkout ? current : { ...current, checkout, updatedAt, ...(discount && { discount }) },
    );
    return stored.checkout ?? checkout;
  } catch (error) {
    if (isRefusal(error)) {
      const refusal = { code: 'checkout_refused', message: 'The payment provider did not accept the checkout.' };
      await closePlanOrder(deps, order, 'failed', refusal, null);
    }
    throw error;
  }
}
