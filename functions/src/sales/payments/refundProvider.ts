/** What a provider says now of how much of a payment has gone back. */
export interface ReversalTruth extends PaymentReversal {
  readonly paymentId: string;
  /** What can still be refunded: neither refunded, nor on its way, nor in the hands of a bank. */
  readonly refundableAmountMinor: number;
  /** False where only all of it can be refunded. */
  readonly isDivisible: boolean;
}

export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** Money to give back. */
export interface RefundRequest {
  /** Also the provider's idempotency key, and how the refund is found again. */
  readonly refundId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly reason: RefundReason;
}

export const REFUND_STATUSES = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** A refund as the provider has it. */
export interface ProviderRefund {
  readonly providerRefundId: string;
  readonly status: RefundStatus;
}

/** Gives payments back, and says what has gone back of them: refunded here or elsewhere, or disputed. */
export interface RefundProvider {
  /**
   * Fetches a payment with its refunds and disputes afresh.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  fetchReversal(paymentId: string): Promise<ReversalTruth>;
  /**
   * Gives money back once for a request, whenever and however often it is asked to.
   * @throws REFUND_NOT_POSSIBLE when the payment doesn't allow it any more, PAYMENT_PROVIDER_REFUSED,
   *   PAYMENT_PROVIDER_UNAVAILABLE
   */
  refund(request: RefundRequest): Promise<ProviderRefund>;
}

/** How much of a payment has gone back to the payer, as the provider says now; in minor units. */
export interface PaymentReversal {
  /** What was paid. */
  readonly amountMinor: number;
  /** Refunds that succeeded. */
  readonly refundedAmountMinor: number;
  /** Disputes that are open or lost. */
  readonly disputedAmountMinor: number;
}
