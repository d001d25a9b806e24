import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { openDispute } from '../resources/disputes.ts';
import { type Decline, testCards } from '../testCards.ts';
import * as attempts from './attempts.ts';

/** Whether the customer takes part in an attempt to pay. */
export interface Circumstances {
  /** Whether the customer is absent, so that the bank cannot ask the customer to authenticate. */
  offSession: boolean;
  /** Whether the attempt fails if the bank asks the customer to authenticate. */
  errorOnRequiresAction: boolean;
}

const AUTHENTICATION_REQUIRED: Decline = {
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

/**
 * Attempts to pay a payment intent; the test card decides how the payment goes.
 *
 * @throws StripeError 402 `card_error` when the card is declined; the payment intent can be tried again
 */
export function attemptPayment(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { offSession, errorOnRequiresAction }: Circumstances,
): void {
  const { behavior } = testCards[account.testCardByMethod.get(method.id) ?? 'pm_card_visa'];
  switch (behavior.kind) {
    case 'succeeds':
    case 'refundsLater':
      attempts.succeed(account, intent, method);
      break;
    case 'succeedsThenIsDisputed':
      attempts.succeed(account, intent, method);
      openDispute(account, account.charges.get(idOf(intent.latest_charge) ?? ''), behavior.status);
      break;
    case 'declines':
      throw declined(account, intent, method, behavior.decline);
    case 'needsAuthentication':
      if (offSession || errorOnRequiresAction) throw declined(account, intent, method, AUTHENTICATION_REQUIRED);
      attempts.requireAuthentication(account, intent, method, { type: 'use_stripe_sdk', use_stripe_sdk: {} });
  }
}

/** @throws StripeError when the payment intent is paid, processing or canceled */
export function requireConfirmable(intent: Stripe.PaymentIntent): void {
  if (['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) return;
  throw StripeError.invalid(`You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`, {
    code: 'payment_intent_unexpected_state',
    payment_intent: structuredClone(intent),
  });
}

/** @throws StripeError when the payment may redirect the customer but has no `return_url` */
export function requireReturnUrl(
  allowRedirects: string | undefined,
  { off_session: offSession, return_url: returnUrl }: Stripe.PaymentIntentConfirmParams,
): void {
  if (returnUrl !== undefined || offSession || allowRedirects === 'never') return;
  throw StripeError.invalid(
    'This PaymentIntent is configured to accept payment methods that might redirect your customer off of your page: ' +
      'provide a `return_url`, or set `automatic_payment_methods[allow_redirects]` to `never`.',
    { param: 'return_url' },
  );
}

/** @throws StripeError when the payment method is saved by another customer */
export function requireUsableBy(method: Stripe.PaymentMethod, customer: string | null): void {
  const owner = idOf(method.customer);
  if (!owner || owner === customer) return;
  throw StripeError.invalid(
    `The provided PaymentMethod belongs to the customer ${owner}. Include that customer on the PaymentIntent.`,
    { param: 'payment_method' },
  );
}

function declined(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  reason: Decline,
): StripeError {
  const charge = attempts.decline(account, intent, method, reason);
  return new StripeError(402, 'card_error', reason.message, {
    code: reason.code,
    decline_code: reason.decline_code,
    charge: charge.id,
    payment_intent: structuredClone(intent),
    payment_method: structuredClone(method),
  });
}
