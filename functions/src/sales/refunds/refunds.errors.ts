import type { AppError } from '@cloud-bridge/base';
import { refusal, refusedField } from '../../platform/errors/refusal.ts';
import type { OrderStatus } from '../orders/order.ts';

/** 409: the order has no payment that can be refunded. */
export function orderNotRefundable(status: OrderStatus): AppError {
  return refusal('ORDER_NOT_REFUNDABLE', `Nothing can be refunded: the order is ${status}.`, {
    details: { status },
  });
}

/** 400: the amount is more than can still be refunded. */
export function refundTooLarge(refundableAmountMinor: number): AppError {
  return refusedField('REFUND_TOO_LARGE', 'amountMinor', `must be at most ${refundableAmountMinor}`);
}

/** 409: the provider refunds only the whole rest, but a part was requested. */
export function refundNotDivisible(refundableAmountMinor: number): AppError {
  return refusal(
    'REFUND_NOT_POSSIBLE',
    'Creem’s API refunds only the whole rest of a payment. Refund a part in Creem’s dashboard.',
    { details: { refundableAmountMinor } },
  );
}
