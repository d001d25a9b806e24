import type { AppError } from '@cloud-bridge/base';
import type { Currency } from '../../catalog/currency.ts';
import { refusal } from '../../platform/errors/refusal.ts';
import type { PaymentError } from '../payments/payment.ts';

/** Stripe's error codes after which the same card can still be charged, once the cardholder has authenticated. */
const AUTHENTICATION_ERRORS = ['authentication_required', 'subscription_payment_intent_requires_action'];

/** Returns the 402 for an account without a saved card. */
export function noSavedCard(): AppError {
  return refusal('PAYMENT_METHOD_REQUIRED', 'There is no saved card. Save one first, or use the checkout.', {
    details: { nextAction: { type: 'add_payment_method' } },
  });
}

/**
 * Returns the 402 for a card that was not charged. Its `nextAction` is the provider's page, where the bank can
 * authenticate the cardholder, or another card.
 */
export function planNotPaid({ code, message }: PaymentError): AppError {
  const needsCustomer = AUTHENTICATION_ERRORS.includes(code);
  const nextAction = { type: needsCustomer ? 'use_checkout' : 'use_another_payment_method' };
  return refusal(needsCustomer ? 'PAYMENT_AUTHENTICATION_REQUIRED' : 'PAYMENT_DECLINED', message, {
    details: { code, nextAction },
  });
}

/** Returns the 409 for resuming or changing a plan with a fixed term. Another plan can be bought beside it. */
export function subscriptionHasTerm(): AppError {
  return refusal('SUBSCRIPTION_DOES_NOT_RENEW', 'The plan is for a fixed term and ends by itself.');
}

/** Returns the 409 for a second currency: the provider bills a customer in one currency at a time. */
export function otherCurrency(currency: Currency): AppError {
  return refusal(
    'CURRENCY_NOT_COMBINABLE',
    `There are subscriptions in ${currency}; others must be in the same currency.`,
    { details: { currency } },
  );
}

/** Returns the 503 for a subscription that others kept changing while the provider was asked. */
export function subscriptionBusy(): AppError {
  return refusal('SUBSCRIPTION_BUSY', 'The subscription is being changed. Try again.', {
    retryAfterSeconds: 1,
  });
}
