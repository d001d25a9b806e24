import * as z from 'zod';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import type { TopupsNeeds } from './needs.ts';
import { renderTopUp } from './renderTopUp.ts';
import { topUpBy } from './topUpBy.ts';
import { createTopUpSchema, topUpSchema, usdcTopUpSchema } from './topups.schemas.ts';

export const topUpRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/topup',
    tag: 'Orders',
    summary: 'Buy credits for any amount',
    description:
      'With `stripe_direct` a saved card is charged at once. If the charge fails, a 402 gives the reason in ' +
      '`details` and the next step in `details.nextAction`: `confirm_payment` (with a client secret for Stripe’s ' +
      'script; then the order is paid automatically), `use_another_payment_method` or `add_payment_method`. With ' +
      '`usdc` the response names the address to pay to; `verify-topup` credits the payment, or a scan does so some ' +
      'minutes later.',
    access: { to: 'account' },
    body: createTopUpSchema,
    response: dataOf(z.union([topUpSchema, usdcTopUpSchema])),
    status: 201,
    errors: [
      'AMOUNT_TOO_SMALL',
      'UNKNOWN_CURRENCY',
      'REDIRECT_NOT_ALLOWED',
      'PAYMENT_DECLINED',
      'PAYMENT_AUTHENTICATION_REQUIRED',
      'PAYMENT_METHOD_REQUIRED',
      'PAYMENT_METHOD_NOT_FOUND',
      'ORDER_CLOSED',
      'TOO_MANY_OPEN_CHECKOUTS',
      'USDC_NOT_CONFIGURED',
      'IDEMPOTENCY_KEY_REUSED',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    handle: async (deps: TopupsNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const topUp = await topUpBy(deps, caller, body, { key: idempotencyKey, requestHash });
      return data(renderTopUp(topUp), topUp.replayed);
    },
  }),
];
