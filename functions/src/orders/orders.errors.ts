import { AppError } from '../shared/appError.ts';

/** 503: a payment was reversed before its order was credited; whoever told of it has to tell again. */
export function orderNotCredited(orderId: string): AppError {
  return new AppError(503, 'ORDER_NOT_CREDITED', `Order ${orderId} has not been credited yet.`, {
    retryAfterSeconds: 60,
  });
}

/** 409: a payment that says that it is for an order is another payment than the order's, or over another amount. */
export function paymentMismatch(paymentId: string, orderId: string): AppError {
  return new AppError(409, 'PAYMENT_MISMATCH', `${paymentId} is paid, but isn't what order ${orderId} is about.`);
}
