import type { OrderStatus } from '../orders/order.ts';
import { AppError, invalidField } from '../shared/appError.ts';

/** 409 for an order without a payment that could go back. */
export function orderNotRefundable(status: OrderStatus): AppError {
  return new AppError(409, 'ORDER_NOT_REFUNDABLE', `Nothing can be refunded: the order is ${status}.`, {
    details: { status },
  });
}

/** 400 for more than can still go back. */
export function refundTooLarge(refundableAmountMinor: number): AppError {
  return invalidField('amountMinor', `must be at most ${refundableAmountMinor}`, 'REFUND_TOO_LARGE');
}

/** 409 for a part where the provider refunds the whole only. */
export function refundNotDivisible(refundableAmountMinor: number): AppError {
  return new AppError(
    409,
    'REFUND_NOT_POSSIBLE',
    'Through its API Creem refunds all that is left of a payment. Refund a part in its dashboard.',
    { details: { refundableAmountMinor } },
  );
}
