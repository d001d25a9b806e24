import * as z from 'zod';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, idParams } from '../../platform/http/schemas.ts';
import { listPaymentMethods, removePaymentMethod, setDefaultPaymentMethod } from './changePaymentMethods.ts';
import type { PaymentMethodsNeeds } from './needs.ts';
import {
  paymentMethodSchema,
  portalRequest,
  portalSchema,
  setupCheckoutRequest,
  setupCheckoutSchema,
  setupIntentSchema,
} from './paymentMethods.schemas.ts';
import { openPortal, startSetupCheckout, startSetupIntent } from './startSetup.ts';

const tag = 'Payment methods';
const access = { to: 'account' } as const;
const providerErrors = ['PAYMENT_PROVIDER_REFUSED', 'PAYMENT_PROVIDER_UNAVAILABLE'] as const;
const pageErrors = [...providerErrors, 'REDIRECT_NOT_ALLOWED', 'IDEMPOTENCY_KEY_REUSED'] as const;
const methodErrors = [...providerErrors, 'PAYMENT_METHOD_NOT_FOUND'] as const;

export const paymentMethodRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/setup-intent',
    tag,
    summary: 'Start saving a card on your own page',
    access,
    response: dataOf(setupIntentSchema),
    status: 201,
    errors: providerErrors,
    handle: async (deps: PaymentMethodsNeeds, { caller, idempotencyKey }) => {
      const { clientSecret, replayed } = await startSetupIntent(deps, caller.accountId, idempotencyKey);
      return data({ clientSecret }, replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/setup-checkout',
    tag,
    summary: "Open Stripe's page for saving a card",
    access,
    body: setupCheckoutRequest,
    response: dataOf(setupCheckoutSchema),
    status: 201,
    errors: pageErrors,
    handle: async (deps: PaymentMethodsNeeds, { caller, body, idempotencyKey }) => {
      const { sessionId, url, replayed } = await startSetupCheckout(deps, caller.accountId, body, idempotencyKey);
      return data({ sessionUrl: url, sessionId }, replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/portal',
    tag,
    summary: "Open the provider's customer portal",
    description: "Stripe's page shows cards and invoices, Creem's page orders and subscriptions.",
    access,
    body: portalRequest,
    response: dataOf(portalSchema),
    status: 201,
    errors: [
      ...pageErrors,
      'CREEM_CUSTOMER_MISSING',
      'CREEM_NOT_CONFIGURED',
      'EMAIL_NOT_VERIFIED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    handle: async (deps: PaymentMethodsNeeds, { caller, body, idempotencyKey }) => {
      const { url, replayed } = await openPortal(deps, caller.accountId, body, idempotencyKey);
      return data({ url }, replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/payment-methods',
    tag,
    summary: 'List saved payment methods, newest first',
    access,
    response: dataOf(z.array(paymentMethodSchema)),
    errors: providerErrors,
    handle: async (deps: PaymentMethodsNeeds, { caller }) => data(await listPaymentMethods(deps, caller.accountId)),
  }),
  defineRoute({
    method: 'put',
    path: '/billing/payment-methods/:id/default',
    tag,
    summary: 'Make a payment method the default',
    access,
    params: idParams,
    response: dataOf(paymentMethodSchema),
    errors: methodErrors,
    handle: async (deps: PaymentMethodsNeeds, { caller, params }) =>
      data(await setDefaultPaymentMethod(deps, caller.accountId, params.id)),
  }),
  defineRoute({
    method: 'delete',
    path: '/billing/payment-methods/:id',
    tag,
    summary: 'Remove a payment method',
    access,
    params: idParams,
    response: dataOf(paymentMethodSchema),
    errors: methodErrors,
    allowedWhileFrozen: true,
    handle: async (deps: PaymentMethodsNeeds, { caller, params }) =>
      data(await removePaymentMethod(deps, caller.accountId, params.id)),
  }),
];
