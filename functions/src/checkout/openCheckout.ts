import { payerOf } from '../customers/payerOf.ts';
import type { Deps } from '../deps.ts';
import { changeOrder } from '../orders/changeOrder.ts';
import { failOrder } from '../orders/failOrder.ts';
import type { Order, OrderDiscount } from '../orders/order.ts';
import { providerRefused } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { sealOrder } from '../seals/orderFacts.ts';
import { AppError } from '../shared/appError.ts';
import { orderClosed } from './checkout.errors.ts';

type OrderCheckout = NonNullable<Order['checkout']>;

/**
 * The page on which an order is paid: the one that it has, or a new one.
 * Throws 409 for an order that is closed or whose product isn't what it was ordered as (and the order has failed), 502 (and the order has failed) or 503 (provider).
 */
export async function openCheckout(deps: Deps, order: Order): Promise<OrderCheckout> {
  if (order.checkout?.url) return order.checkout;
  if (order.checkout || order.status !== 'pending') throw orderClosed(order.status);
  const { accountId, unitAmountMinor, currency, successUrl, cancelUrl } = order;
  if (successUrl === null || cancelUrl === null) throw new Error(`order ${order.id} is not paid on a page`);
  const { customerId, email, certainCustomerId } = await payerOf(deps, order);
  try {
    const { discountMinor, ...checkout } = await providerOf(deps, order).checkouts.createCheckout({
      orderId: order.id,
      accountId,
      customerId,
      email,
      productId: order.providerProductId ?? null,
      productName: `${order.productName}: ${order.credits} credits`,
      unitAmountMinor,
      currency,
      successUrl,
      cancelUrl,
      promotionCodeId: order.discount?.promotionCodeId ?? null,
      seal: sealOrder(deps.seals, { ...order, customerId: certainCustomerId }),
    });
    const discount = order.discount && discountAsCharged(order.discount, discountMinor);
    const updatedAt = deps.clock();
    const stored = await changeOrder(deps, order.id, (current) =>
      current.checkout
        ? current
        : { ...current, checkout, customerId: certainCustomerId, updatedAt, ...(discount && { discount }) },
    );
    return stored.checkout ?? checkout;
  } catch (error) {
    // An order for which the provider will never open a checkout can't be paid any more.
    if (isRefusal(error)) {
      await failOrder(deps, order.id, 'checkout_refused', 'The payment provider did not accept the checkout.');
    }
    throw error;
  }
}

/** True when a provider will never open a page for what was asked of it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof AppError && ['PAYMENT_PROVIDER_REFUSED', 'CREEM_PRODUCT_MISMATCH'].includes(error.code);
}

/**
 * The discount as the provider's page has it: a percentage may be rounded there by one more or less. Another one would
 * not be what was ordered. Throws 502.
 */
export function discountAsCharged(discount: OrderDiscount, chargedMinor: number): OrderDiscount {
  if (Math.abs(chargedMinor - discount.amountMinor) <= 1) return { ...discount, amountMinor: chargedMinor };
  throw providerRefused(new Error(`the discount of ${discount.couponCode} is ${chargedMinor} at the provider`));
}
