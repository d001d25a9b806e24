import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import type { PaymentTruth } from '../payments/paymentProvider.ts';

/** 402: the account has no saved card to charge. */
export function paymentMethodRequired(): AppError {
  return refusal('PAYMENT_METHOD_REQUIRED', 'There is no saved card. Save a card first, or use a payment page.', {
    details: { nextAction: { type: 'add_payment_method' } },
  });
}

/**
 * 402: the saved card was not charged. The details say what to do next: confirm the payment in front of the customer,
 * or use another payment method.
 */
export function paymentNotMade(orderId: string, paymentMethodId: string, payment: PaymentTruth): AppError {
  const { decline, confirmation } = payment;
  const common = { orderId, code: decline?.code ?? null, declineCode: decline?.declineCode ?? null };
  if (confirmation) {
    return refusal(
      'PAYMENT_AUTHENTICATION_REQUIRED',
      'The bank asks the cardholder to confirm. Confirm the payment with the client secret; then the order is paid.',
      { details: { ...common, nextAction: { type: 'confirm_payment', paymentMethodId, ...confirmation } } },
    );
  }
  return refusal('PAYMENT_DECLINED', decline?.message ?? 'The card was declined.', {
    details: { ...common, nextAction: { type: 'use_another_payment_method' } },
  });
}
