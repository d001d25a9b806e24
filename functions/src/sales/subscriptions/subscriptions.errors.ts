import type { AppError } from '@cloud-bridge/base';
import type { Currency } from '../../catalog/currency.ts';
import { refusal } from '../../platform/errors/refusal.ts';
import type { PaymentError } from '../payments/payment.ts';

/** Errors after which the same card may still be charged, once its holder has been asked. */
const AUTHENTICATION_ERRORS = ['authentication_required', 'subscription_payment_intent_requires_action'];

/** 402: there is no saved card that could be charged. */
export function noSavedCard(): AppError {
  return refusal('PAYMENT_METHOD_REQUIRED', 'There is no saved card. Save one first, or use the checkout.', {
    details: { nextAction: { type: 'add_payment_method' } },
  });
}

/** 402 for a card that was not charged: pay on the provider's page, where the bank may ask, or with another card. */
export function planNotPaid({ code, message }: PaymentError): AppError {
  const needsCustomer = AUTHENTICATION_ERRORS.includes(code);
  const nextAction = { type: needsCustomer ? 'use_checkout' : 'use_another_payment_method' };
  return refusal(needsCustomer ? 'PAYMENT_AUTHENTICATION_REQUIRED' : 'PAYMENT_DECLINED', message, {
    details: { code, nextAction },
  });
}

/** 409: a plan for a fixed term ends by itself; another one can be bought beside it. */
export function subscriptionHasTerm(): AppError {
  return refusal('SUBSCRIPTION_DOES_NOT_RENEW', 'The plan is for a fixed term and ends by itself.');
}

/** 409: the provider bills a customer in one currency at a time. */
export function otherCurrency(currency: Currency): AppError {
  return refusal(
    'CURRENCY_NOT_COMBINABLE',
    `There are subscriptions in ${currency}; others must be in the same currency.`,
    { details: { currency } },
  );
}

/** 503: the subscription was changed again and again while the provider was asked. */
export function subscriptionBusy(): AppError {
  return refusal('SUBSCRIPTION_BUSY', 'The subscription is being changed. Try again.', {
    retryAfterSeconds: 1,
  });
}
