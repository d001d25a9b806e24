/** The current refunds and disputes of a payment, and how much can still be refunded. */
export interface ReversalTruth extends PaymentReversal {
  readonly paymentId: string;
  /** Amount that can still be refunded: not refunded yet, not being refunded, and not held by a bank in a dispute. */
  readonly refundableAmountMinor: number;
  /** False if only the whole rest can be refunded. */
  readonly isDivisible: boolean;
}

export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** A refund to make at a provider. */
export interface RefundRequest {
  /** Also the provider's idempotency key, and the id under which the refund is found again. */
  readonly refundId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly reason: RefundReason;
}

export const REFUND_STATUSES = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** The provider's id and status of a refund. */
export interface ProviderRefund {
  readonly providerRefundId: string;
  readonly status: RefundStatus;
}

/** Port to a provider's refunds and disputes. */
export interface RefundProvider {
  /**
   * Fetches the current refunds and disputes of a payment, including refunds that were made at the provider itself.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  fetchReversal(paymentId: string): Promise<ReversalTruth>;
  /**
   * Refunds money. A repetition refunds nothing more, whenever it comes.
   * @throws REFUND_NOT_POSSIBLE when the payment can no longer be refunded, PAYMENT_PROVIDER_REFUSED,
   *   PAYMENT_PROVIDER_UNAVAILABLE
   */
  refund(request: RefundRequest): Promise<ProviderRefund>;
}

/** How much of a payment went back to the payer, in minor units. */
export interface PaymentReversal {
  /** The amount paid. */
  readonly amountMinor: number;
  /** Total of successful refunds. */
  readonly refundedAmountMinor: number;
  /** Total of open and lost disputes. */
  readonly disputedAmountMinor: number;
}
