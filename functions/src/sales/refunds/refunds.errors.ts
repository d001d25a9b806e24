import type { AppError } from '@cloud-bridge/base';
import { refusal, refusedField } from '../../platform/errors/refusal.ts';
import type { OrderStatus } from '../orders/order.ts';

/** 409 for an order without a payment that could go back. */
export function orderNotRefundable(status: OrderStatus): AppError {
  return refusal('ORDER_NOT_REFUNDABLE', `Nothing can be refunded: the order is ${status}.`, {
    details: { status },
  });
}

/** 400 for more than can still go back. */
export function refundTooLarge(refundableAmountMinor: number): AppError {
  return refusedField('REFUND_TOO_LARGE', 'amountMinor', `must be at most ${refundableAmountMinor}`);
}

/** 409 for a part where the provider refunds the whole only. */
export function refundNotDivisible(refundableAmountMinor: number): AppError {
  return refusal(
    'REFUND_NOT_POSSIBLE',
    'Through its API Creem refunds all that is left of a payment. Refund a part in its dashboard.',
    { details: { refundableAmountMinor } },
  );
}
