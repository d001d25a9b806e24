import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { settleInvoiceOf } from '../billing/collect.ts';
import { invoiceOfIntent } from '../billing/invoiceLife.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { parseCurrency, requireChargeable } from '../money.ts';
import { cancel } from '../payments/attempts.ts';
import {
  attemptPayment,
  type Circumstances,
  requireConfirmable,
  requireReturnUrl,
  requireUsableBy,
} from '../payments/confirm.ts';
import { createPaymentIntent } from '../payments/createPaymentIntent.ts';
import { usePaymentMethod } from './paymentMethods.ts';

/** Creates a payment intent, and attempts the payment at once if `confirm` is true. */
function requestPayment(account: LocalAccount, params: Stripe.PaymentIntentCreateParams): Stripe.PaymentIntent {
  const currency = parseCurrency(params.currency, 'currency');
  requireChargeable(params.amount, currency, 'amount');
  requireConfirmOnly(params);
  const customer = params.customer === undefined ? null : account.customers.get(params.customer, 'customer').id;
  const metadata = mergeMetadata(null, params.metadata);
  const method = params.payment_method && usePaymentMethod(account, params.payment_method, 'payment_method');
  if (method) requireUsableBy(method, customer);
  const allowRedirects = params.automatic_payment_methods?.allow_redirects ?? 'always';
  if (params.confirm) requireReturnUrl(allowRedirects, params);
  if (params.confirm && !method) throw StripeError.missingParameter('payment_method');
  const intent = createPaymentIntent(account, {
    amount: params.amount,
    currency,
    customer,
    description: params.description ?? null,
    metadata,
    receiptEmail: params.receipt_email ?? null,
    setupFutureUsage: params.setup_future_usage ?? null,
    allowRedirects,
    paymentMethod: method ? method.id : null,
  });
  if (params.confirm && method) attemptPayment(account, intent, method, circumstancesOf(params));
  return intent;
}

function confirmPayment(
  account: LocalAccount,
  id: string,
  params: Stripe.PaymentIntentConfirmParams,
): Stripe.PaymentIntent {
  const intent = account.paymentIntents.get(id);
  requireConfirmable(intent);
  requireReturnUrl(intent.automatic_payment_methods?.allow_redirects, params);
  const methodId = params.payment_method ?? idOf(intent.payment_method);
  if (!methodId) throw StripeError.missingParameter('payment_method');
  const method = usePaymentMethod(account, methodId, 'payment_method');
  requireUsableBy(method, idOf(intent.customer));
  attemptPayment(account, intent, method, circumstancesOf(params));
  settleInvoiceOf(account, intent);
  return intent;
}

/** Refuses the parameters that are allowed only with `confirm`. */
function requireConfirmOnly(params: Stripe.PaymentIntentCreateParams): void {
  if (params.confirm) return;
  for (const param of ['off_session', 'error_on_requires_action', 'return_url'] as const) {
    if (params[param] === undefined) continue;
    throw StripeError.invalid(
      `The parameter \`${param}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`,
      {
        param,
      },
    );
  }
}

function circumstancesOf(params: Stripe.PaymentIntentConfirmParams): Circumstances {
  return {
    offSession: params.off_session !== undefined && params.off_session !== false,
    errorOnRequiresAction: params.error_on_requires_action ?? false,
  };
}

function cancelPayment(
  account: LocalAccount,
  id: string,
  reason: Stripe.PaymentIntentCancelParams['cancellation_reason'],
): Stripe.PaymentIntent {
  const intent = account.paymentIntents.get(id);
  if (account.sessions.newestFirst().some((session) => idOf(session.payment_intent) === id)) {
    throw StripeError.invalid('This PaymentIntent belongs to a Checkout Session: expire the session instead.', {
      code: 'payment_intent_unexpected_state',
    });
  }
  if (invoiceOfIntent(account, intent)) {
    throw StripeError.invalid('This PaymentIntent belongs to an Invoice: void the invoice instead.', {
      code: 'payment_intent_unexpected_state',
    });
  }
  if (['succeeded', 'canceled', 'processing'].includes(intent.status)) {
    throw StripeError.invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
      payment_intent: structuredClone(intent),
    });
  }
  cancel(account, intent, reason ?? null);
  return intent;
}

export const paymentIntents: Resource = {
  routes: [
    defineRoute<Stripe.PaymentIntentCreateParams>({
      method: 'POST',
      path: '/v1/payment_intents',
      accepts: [
        'amount',
        'automatic_payment_methods',
        'confirm',
        'currency',
        'customer',
        'description',
        'error_on_requires_action',
        'metadata',
        'off_session',
        'payment_method',
        'receipt_email',
        'return_url',
        'setup_future_usage',
      ],
      handle: ({ account, params }) => requestPayment(account, params),
    }),
    defineRoute<Stripe.PaymentIntentConfirmParams>({
      method: 'POST',
      path: '/v1/payment_intents/{id}/confirm',
      accepts: ['error_on_requires_action', 'off_session', 'payment_method', 'return_url'],
      handle: ({ account, params, id }) => confirmPayment(account, id, params),
    }),
    defineRoute<Stripe.PaymentIntentCancelParams>({
      method: 'POST',
      path: '/v1/payment_intents/{id}/cancel',
      accepts: ['cancellation_reason'],
      handle: ({ account, params, id }) => cancelPayment(account, id, params.cancellation_reason),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/payment_intents/{id}',
      accepts: [],
      handle: ({ account, id }) => account.paymentIntents.get(id),
    }),
    defineRoute<Stripe.PaymentIntentUpdateParams>({
      method: 'POST',
      path: '/v1/payment_intents/{id}',
      accepts: ['description', 'metadata'],
      handle: ({ account, params, id }) => {
        const intent = account.paymentIntents.get(id);
        intent.metadata = mergeMetadata(intent.metadata, params.metadata);
        if (params.description !== undefined) intent.description = params.description || null;
        return intent;
      },
    }),
    defineRoute<Stripe.PaymentIntentListParams>({
      method: 'GET',
      path: '/v1/payment_intents',
      accepts: [...LIST_PARAMETERS, 'created', 'customer'],
      handle: ({ account, params, path }) => {
        const found = account.paymentIntents
          .newestFirst()
          .filter(
            (intent) =>
              isCreatedWithin(intent.created, params.created) &&
              (params.customer ?? idOf(intent.customer)) === idOf(intent.customer),
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
