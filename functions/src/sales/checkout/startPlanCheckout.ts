import { type Idempotency, runUnitOfWork } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { PlanRequest } from '../../catalog/planOffer.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { discountFor } from '../coupons/discountFor.ts';
import { withDiscount } from '../coupons/withDiscount.ts';
import { withPayer } from '../customers/payerOf.ts';
import type { StartedCheckout } from '../orders/openCheckout.ts';
import {
  isPageOrder,
  isPlanOrder,
  type Order,
  type OrderCheckout,
  type PageOrder,
  type PlanOrder,
} from '../orders/order.ts';
import { sealOrder } from '../orders/orderFacts.ts';
import { notePage, pageEndOf } from '../orders/orderPage.ts';
import { orderClosed } from '../orders/orders.errors.ts';
import { isProviderRefusal } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { redirectTargets } from '../payments/redirectUrl.ts';
import { closePlanOrder } from '../subscriptions/followPlanOrder.ts';
import { type OrderedPlan, orderPlan } from '../subscriptions/orderPlan.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import type { CheckoutNeeds } from './needs.ts';

/** A request for a plan's payment page. */
interface PlanCheckoutRequest extends PlanRequest {
  readonly provider: ProviderName;
  readonly couponCode?: string | undefined;
  readonly successUrl?: string | undefined;
  readonly cancelUrl?: string | undefined;
}

/**
 * Orders a plan and opens the page on which its first period is paid.
 * @throws REDIRECT_NOT_ALLOWED, ORDER_CLOSED when the request repeats an order that is closed, and what
 *   {@link discountFor} and {@link orderPlan} throw
 */
export async function startPlanCheckout(
  deps: CheckoutNeeds,
  caller: AccountCaller,
  request: PlanCheckoutRequest,
  idempotency: Idempotency,
): Promise<StartedCheckout> {
  const { accountId } = caller;
  const ordered = await orderPlan(deps, accountId, request, idempotency, isPlanPage, async (offer) => {
    const product = { ...offer, kind: 'plan', key: offer.planSlug } as const;
    return {
      method: 'checkout',
      ...redirectTargets(deps.config.allowedOrigins, request),
      ...(request.couponCode && { discount: await discountFor(deps, accountId, request.couponCode, product) }),
    };
  });
  return { order: ordered.order, checkout: await open(deps, ordered), replayed: ordered.replayed };
}

/** The order of a plan that is paid on a page. */
type PlanPageOrder = PageOrder & PlanOrder;

function isPlanPage(order: Order): order is PlanPageOrder {
  return isPlanOrder(order) && isPageOrder(order);
}

async function open(deps: CheckoutNeeds, { order, subscription }: OrderedPlan<PlanPageOrder>): Promise<OrderCheckout> {
  if (order.checkout?.url && order.status !== 'canceled') return order.checkout;
  if (order.checkout || order.status !== 'pending' || order.successUrl === null) throw orderClosed(order.status);
  const { successUrl, cancelUrl } = order;
  const { id: subscriptionId, accountId, ordered: offer } = subscription;
  try {
    const page = await withPayer(deps, order, async ({ customerId, email, certainCustomerId }) => {
      // The customer is stored before the page opens: a payment by any other customer is not accepted for this
      // subscription.
      if (certainCustomerId !== subscription.customerId) await changePayer(deps, subscription, certainCustomerId);
      return withDiscount(deps, order.discount, async (discount) => {
        const productId = order.providerProductId ?? null;
        const request = { subscriptionId, orderId: order.id, accountId, customerId, email, offer, productId };
        const promotionCodeId = discount?.promotionCodeId ?? null;
        const sealed = { ...order, customerId: certainCustomerId, ...(discount && { discount }) };
        const seal = sealOrder(deps.seals, sealed, offer);
        const pages = { successUrl, cancelUrl, promotionCodeId, seal, expiresAt: pageEndOf(order, deps.clock()) };
        const opened = await providerOf(deps, order).subscriptions.openCheckout({ ...request, ...pages });
        return { opened, discount, customerId: certainCustomerId };
      });
    });
    return await notePage(deps, order, page);
  } catch (error) {
    if (isProviderRefusal(error)) {
      const refusal = { code: 'checkout_refused', message: 'The payment provider did not accept the checkout.' };
      await closePlanOrder(deps, order, 'failed', refusal, null);
    }
    throw error;
  }
}

/** Records the customer who is going to pay for a pending plan on its order and its subscription. */
async function changePayer(
  deps: CheckoutNeeds,
  { id, orderId }: Subscription,
  customerId: string | null,
): Promise<void> {
  const updatedAt = deps.clock();
  await runUnitOfWork(deps.db, async (unit) => {
    const order = await deps.orders.findIn(unit, orderId);
    const subscription = await deps.subscriptions.findIn(unit, id);
    if (order?.status !== 'pending' || subscription?.status !== 'pending') return;
    deps.orders.writeIn(unit, { ...order, customerId, updatedAt });
    deps.subscriptions.writeIn(unit, { ...subscription, customerId, updatedAt });
  });
}
