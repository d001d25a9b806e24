import { AppError } from '../shared/appError.ts';

/** 503: a payment was reversed before its order was credited; whoever told of it has to tell again. */
export function orderNotCredited(orderId: string): AppError {
  return new AppError(503, 'ORDER_NOT_CREDITED', `Order ${orderId} has not been credited yet.`, {
    retryAfterSeconds: 60,
  });
}
