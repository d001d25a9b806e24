import { data } from '../http/replies.ts';
import { defineRoute } from '../http/route.ts';
import { dataOf } from '../http/schemas.ts';
import { checkoutSchema, createCheckoutSchema } from './checkout.schemas.ts';
import { startCheckout } from './startCheckout.ts';

export const checkoutRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/checkout',
    tag: 'Orders',
    summary: 'Order a credit pack or a plan and get the page where it is paid',
    access: { to: 'account' },
    body: createCheckoutSchema,
    response: dataOf(checkoutSchema),
    status: 201,
    errors: {
      400: ['UNKNOWN_PACK', 'UNKNOWN_PLAN', 'UNKNOWN_CURRENCY', 'REDIRECT_NOT_ALLOWED'],
      404: ['COUPON_NOT_FOUND'],
      409: [
        'ORDER_CLOSED',
        'TOO_MANY_OPEN_CHECKOUTS',
        'CURRENCY_NOT_COMBINABLE',
        'COUPON_EXPIRED',
        'COUPON_USED_UP',
        'COUPON_ALREADY_USED',
        'COUPON_NOT_APPLICABLE',
        'CREEM_PRODUCT_MISSING',
        'CREEM_PRODUCT_MISMATCH',
      ],
      422: ['IDEMPOTENCY_KEY_REUSED'],
      502: ['PAYMENT_PROVIDER_REFUSED'],
      503: ['PAYMENT_PROVIDER_UNAVAILABLE', 'CREEM_NOT_CONFIGURED'],
    },
    handle: async (deps, { caller, body, idempotencyKey, requestHash }) => {
      const idempotency = { key: idempotencyKey, requestHash };
      const { order, checkout, replayed } = await startCheckout(deps, caller, body, idempotency);
      const { url, sessionId } = checkout;
      return data({ url, sessionUrl: url, sessionId, orderId: order.id }, replayed);
    },
  }),
];
