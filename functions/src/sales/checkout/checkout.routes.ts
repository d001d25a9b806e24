import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, idParams } from '../../platform/http/schemas.ts';
import { orderSchema, renderOrder } from '../orders/orders.schemas.ts';
import { cancelOrder } from './cancelOrder.ts';
import { checkoutSchema, createCheckoutSchema } from './checkout.schemas.ts';
import type { CheckoutNeeds } from './needs.ts';
import { startCheckout } from './startCheckout.ts';

export const checkoutRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/checkout',
    tag: 'Orders',
    summary: 'Order a credit pack or a plan and get its payment page',
    description:
      'A page with a coupon holds a use of the coupon, and closes after 31 minutes; other pages stay open for a day. ' +
      'Another request for the same product with the same coupon returns the page that is still open, like a ' +
      'replay. `POST /billing/orders/{id}/cancel` closes a page sooner.',
    access: { to: 'account' },
    body: createCheckoutSchema,
    response: dataOf(checkoutSchema),
    status: 201,
    errors: [
      'UNKNOWN_PACK',
      'UNKNOWN_PLAN',
      'UNKNOWN_CURRENCY',
      'REDIRECT_NOT_ALLOWED',
      'COUPON_NOT_FOUND',
      'CREEM_NOT_CONFIGURED',
      'ORDER_CLOSED',
      'TOO_MANY_OPEN_CHECKOUTS',
      'CURRENCY_NOT_COMBINABLE',
      'COUPON_EXPIRED',
      'COUPON_USED_UP',
      'COUPON_ALREADY_USED',
      'COUPON_NOT_APPLICABLE',
      'CREEM_PRODUCT_MISSING',
      'CREEM_PRODUCT_MISMATCH',
      'IDEMPOTENCY_KEY_REUSED',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    handle: async (deps: CheckoutNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const idempotency = { key: idempotencyKey, requestHash };
      const { order, checkout, replayed } = await startCheckout(deps, caller, body, idempotency);
      const { url, sessionId } = checkout;
      return data({ url, sessionUrl: url, sessionId, orderId: order.id }, replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/orders/:id/cancel',
    tag: 'Orders',
    summary: 'Cancel an unpaid order',
    description:
      'Closes the payment page of the order and frees its coupon. Pages of Creem can’t be closed: a customer who ' +
      'still pays on one gets the credits, and the order is `paid`. Canceling again changes nothing.',
    access: { to: 'account' },
    params: idParams,
    response: dataOf(orderSchema),
    errors: [
      'ORDER_NOT_FOUND',
      'ORDER_NOT_CANCELABLE',
      'CREEM_NOT_CONFIGURED',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    allowedWhileFrozen: true,
    handle: async (deps: CheckoutNeeds, { caller, params }) =>
      data(renderOrder(await cancelOrder(deps, caller, params.id))),
  }),
];
