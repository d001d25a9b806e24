import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import type { Order, OrderStatus } from './order.ts';

/** 503: a payment was reversed before its order was credited. The sender of the event has to send it again. */
export function orderNotCredited(orderId: string): AppError {
  return refusal('ORDER_NOT_CREDITED', `Order ${orderId} has not been credited yet.`, {
    retryAfterSeconds: 60,
  });
}

/** 409: a paid payment names an order, but is not the order's own payment or is over another amount. */
export function paymentMismatch(paymentId: string, orderId: string): AppError {
  return refusal(
    'PAYMENT_MISMATCH',
    `${paymentId} is paid, but is not the payment of order ${orderId} or has another amount.`,
  );
}

/** 409: a request repeats an order that can no longer be paid. */
export function orderClosed(status: OrderStatus): AppError {
  return refusal('ORDER_CLOSED', `The order is ${status}. Order again with a new Idempotency-Key.`, {
    details: { status },
  });
}

/** 409: the order can't be canceled, because it is paid, is being paid, has failed, or was never paid on a page. */
export function orderNotCancelable({ status, method }: Pick<Order, 'status' | 'method'>): AppError {
  const why =
    method === 'checkout'
      ? status === 'pending'
        ? 'The order is being paid.'
        : `The order is ${status}.`
      : 'The order is not paid on a page.';
  return refusal('ORDER_NOT_CANCELABLE', why, { details: { status, method } });
}

/** 409: the account has as many unpaid orders as allowed. Lists those orders. */
export function tooManyOpenCheckouts(limit: number, orderIds: readonly string[]): AppError {
  return refusal(
    'TOO_MANY_OPEN_CHECKOUTS',
    `The account has ${limit} unpaid orders. Pay or cancel one of them, or wait until one expires.`,
    { details: { limit, orderIds } },
  );
}
