import type { IsoTime } from '@cloud-bridge/base';
import type { Currency } from '../../catalog/currency.ts';
import type { RefundReason, RefundStatus } from '../payments/refundProvider.ts';

/** An operator's refund of an order: written before the provider is asked, so that a repetition finds it. */
export interface Refund {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly paymentId: string;
  /** Fixed with the first request, even where all that is left was asked for. */
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly reason: RefundReason;
  /** Uid of the operator. */
  readonly requestedBy: string;
  readonly requestHash: string;
  /** The provider's refund, once it exists; its status is as of the request. */
  readonly providerRefundId: string | null;
  readonly status: RefundStatus;
  readonly createdAt: IsoTime;
}
