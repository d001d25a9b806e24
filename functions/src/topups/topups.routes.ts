import { data } from '../http/replies.ts';
import { defineRoute } from '../http/route.ts';
import { dataOf } from '../http/schemas.ts';
import { renderPrice } from '../shared/money.ts';
import { startTopUp } from './startTopUp.ts';
import { createTopUpSchema, topUpSchema } from './topups.schemas.ts';

export const topUpRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/topup',
    tag: 'Orders',
    summary: "Buy credits for an amount of one's own choice",
    description:
      'With `stripe_direct` a saved card is charged at once. A 402 says in `details` why it was not, and in ' +
      '`details.nextAction` what to do: `confirm_payment` (with a client secret for Stripe’s script; the order follows ' +
      'by itself), `use_another_payment_method` or `add_payment_method`.',
    access: { to: 'account' },
    body: createTopUpSchema,
    response: dataOf(topUpSchema),
    status: 201,
    errors: {
      400: ['AMOUNT_TOO_SMALL', 'UNKNOWN_CURRENCY', 'REDIRECT_NOT_ALLOWED'],
      402: ['PAYMENT_DECLINED', 'PAYMENT_AUTHENTICATION_REQUIRED', 'PAYMENT_METHOD_REQUIRED'],
      404: ['PAYMENT_METHOD_NOT_FOUND'],
      409: ['ORDER_CLOSED'],
      422: ['IDEMPOTENCY_KEY_REUSED'],
      502: ['PAYMENT_PROVIDER_REFUSED'],
      503: ['PAYMENT_PROVIDER_UNAVAILABLE'],
    },
    handle: async (deps, { caller, body, idempotencyKey, requestHash }) => {
      const { order, checkout, replayed } = await startTopUp(deps, caller, body, { key: idempotencyKey, requestHash });
      const { id: orderId, status, credits, unitAmountMinor, currency, paymentId, entryId: transactionId } = order;
      const price = renderPrice(unitAmountMinor, currency);
      const url = checkout?.url ?? null;
      const sessionId = checkout?.sessionId ?? null;
      return data(
        { orderId, status, credits, price, url, sessionUrl: url, sessionId, paymentId, transactionId },
        replayed,
      );
    },
  }),
];
