import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import type { PaymentTruth } from '../payments/paymentProvider.ts';

/** 402: there is no saved card that could be charged. */
export function paymentMethodRequired(): AppError {
  return refusal('PAYMENT_METHOD_REQUIRED', 'There is no saved card. Save one first, or pay on the page.', {
    details: { nextAction: { type: 'add_payment_method' } },
  });
}

/**
 * 402 for a saved card that was not charged, with what to do next: confirm the payment in front of the customer, or
 * pay with something else.
 */
export function paymentNotMade(orderId: string, paymentMethodId: string, payment: PaymentTruth): AppError {
  const { decline, confirmation } = payment;
  const common = { orderId, code: decline?.code ?? null, declineCode: decline?.declineCode ?? null };
  if (confirmation) {
    return refusal(
      'PAYMENT_AUTHENTICATION_REQUIRED',
      'The bank wants to see the cardholder. Confirm the payment with the client secret; the order follows.',
      { details: { ...common, nextAction: { type: 'confirm_payment', paymentMethodId, ...confirmation } } },
    );
  }
  return refusal('PAYMENT_DECLINED', decline?.message ?? 'The card was declined.', {
    details: { ...common, nextAction: { type: 'use_another_payment_method' } },
  });
}
