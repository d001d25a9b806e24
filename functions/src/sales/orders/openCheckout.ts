import { withDiscount } from '../coupons/withDiscount.ts';
import { withPayer } from '../customers/payerOf.ts';
import { isProviderRefusal } from '../payments/payments.errors.ts';
import { providerOf } from '../payments/providers.ts';
import { failOrder } from './failOrder.ts';
import type { OrdersNeeds } from './needs.ts';
import type { OrderCheckout, PageOrder } from './order.ts';
import { sealOrder } from './orderFacts.ts';
import { notePage, pageEndOf } from './orderPage.ts';
import { orderClosed } from './orders.errors.ts';

/**
 * Returns the page on which an order is paid: the existing page, or a new one. Recreates the customer or the discount
 * if the provider no longer has it.
 * @throws COUPON_NOT_FOUND (the coupon has ended, and the order has failed), ORDER_CLOSED, CREEM_PRODUCT_MISMATCH (the
 *   product isn't what was ordered, and the order has failed), PAYMENT_PROVIDER_REFUSED (and the order has failed),
 *   PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function openCheckout(deps: OrdersNeeds, order: PageOrder): Promise<OrderCheckout> {
  if (order.checkout?.url && order.status !== 'canceled') return order.checkout;
  if (order.checkout || order.status !== 'pending' || order.successUrl === null) throw orderClosed(order.status);
  const { accountId, unitAmountMinor, currency, successUrl, cancelUrl } = order;
  try {
    const page = await withPayer(deps, order, ({ customerId, email, certainCustomerId }) =>
      withDiscount(deps, order.discount, async (discount) => {
        const opened = await providerOf(deps, order).checkouts.createCheckout({
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
          promotionCodeId: discount?.promotionCodeId ?? null,
          expiresAt: pageEndOf(order, deps.clock()),
          seal: sealOrder(deps.seals, { ...order, customerId: certainCustomerId, ...(discount && { discount }) }),
        });
        return { opened, discount, customerId: certainCustomerId };
      }),
    );
    return await notePage(deps, order, page);
  } catch (error) {
    // The provider refuses the checkout for good, so the order can't be paid any more.
    if (isProviderRefusal(error)) {
      await failOrder(deps, order.id, 'checkout_refused', 'The payment provider did not accept the checkout.');
    }
    throw error;
  }
}

/** An order and the page on which it is paid. */
export interface StartedCheckout {
  readonly order: PageOrder;
  readonly checkout: OrderCheckout;
  readonly replayed: boolean;
}
