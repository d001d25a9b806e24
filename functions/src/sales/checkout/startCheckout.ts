import type { Idempotency } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { discountFor } from '../coupons/discountFor.ts';
import { openCheckout, type StartedCheckout } from '../orders/openCheckout.ts';
import { isPageOrder } from '../orders/order.ts';
import { placeOrder } from '../orders/placeOrder.ts';
import { packPurchase } from '../packs/packPurchase.ts';
import { redirectTargets } from '../payments/redirectUrl.ts';
import type { CreateCheckoutRequest } from './checkout.schemas.ts';
import type { CheckoutNeeds } from './needs.ts';
import { startPlanCheckout } from './startPlanCheckout.ts';

/**
 * Orders a pack or a plan and opens a checkout for the order. The order is stored first, so that every payment has an
 * order.
 * @throws UNKNOWN_PACK, UNKNOWN_PLAN, UNKNOWN_CURRENCY, INVALID_REQUEST, REDIRECT_NOT_ALLOWED, what {@link discountFor}
 *   throws, CREEM_PRODUCT_MISSING, CREEM_NOT_CONFIGURED, CURRENCY_NOT_COMBINABLE, TOO_MANY_OPEN_CHECKOUTS, ORDER_CLOSED
 *   when the request repeats an order that is closed, IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED,
 *   PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function startCheckout(
  deps: CheckoutNeeds,
  caller: AccountCaller,
  request: CreateCheckoutRequest,
  idempotency: Idempotency,
): Promise<StartedCheckout> {
  const { accountId } = caller;
  const { planSlug, pack = '', couponCode, provider } = request;
  deps.providers[provider].requireConfigured();
  if (planSlug !== undefined) return startPlanCheckout(deps, caller, { ...request, planSlug }, idempotency);
  const { order, replayed } = await placeOrder(deps, accountId, idempotency, isPageOrder, async () => {
    const purchase = packPurchase(await deps.catalog.current(), pack, request.currency, provider);
    const product = { ...purchase, kind: 'pack', key: pack } as const;
    return {
      ...purchase,
      method: 'checkout',
      ...redirectTargets(deps.config.allowedOrigins, request),
      ...(couponCode && { discount: await discountFor(deps, accountId, couponCode, product) }),
    };
  });
  return { order, checkout: await openCheckout(deps, order), replayed };
}
