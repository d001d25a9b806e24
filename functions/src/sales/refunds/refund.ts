import type { IsoTime } from '@cloud-bridge/base';
import type { Currency } from '../../catalog/currency.ts';
import type { RefundReason, RefundStatus } from '../payments/refundProvider.ts';

/** An operator's refund of an order. Stored before the provider is called, so that a repeated request finds it. */
export interface Refund {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly paymentId: string;
  /**
   * Amount in the currency's smallest unit. Fixed by the first request, even when that request asked for the whole
   * rest.
   */
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly reason: RefundReason;
  /** The operator's user id. */
  readonly requestedBy: string;
  readonly requestHash: string;
  /** The provider's refund; null until it exists. The status is the one at the time of the request. */
  readonly providerRefundId: string | null;
  readonly status: RefundStatus;
  readonly createdAt: IsoTime;
}
