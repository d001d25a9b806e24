import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';
import type { Order, OrderStatus } from './order.ts';

/** 503: a payment was reversed before its order was credited; whoever told of it has to tell again. */
export function orderNotCredited(orderId: string): AppError {
  return refusal('ORDER_NOT_CREDITED', `Order ${orderId} has not been credited yet.`, {
    retryAfterSeconds: 60,
  });
}

/** 409: a payment that says that it is for an order is another payment than the order's, or over another amount. */
export function paymentMismatch(paymentId: string, orderId: string): AppError {
  return refusal('PAYMENT_MISMATCH', `${paymentId} is paid, but isn't what order ${orderId} is about.`);
}

/** 409 for the repetition of an order for which no checkout can be opened any more. */
export function orderClosed(status: OrderStatus): AppError {
  return refusal('ORDER_CLOSED', `The order is ${status}. Order again with a new Idempotency-Key.`, {
    details: { status },
  });
}

/** 409 for an order that can't be given up: it has been paid, is being paid, has failed, or never had a page. */
export function orderNotCancelable({ status, method }: Pick<Order, 'status' | 'method'>): AppError {
  const why =
    method === 'checkout'
      ? status === 'pending'
        ? 'A payment for the order is on its way.'
        : `The order is ${status}.`
      : 'The order is not paid on a page.';
  return refusal('ORDER_NOT_CANCELABLE', why, { details: { status, method } });
}

/** 409 for one order more than may wait for their customer; names those that do. */
export function tooManyOpenCheckouts(limit: number, orderIds: readonly string[]): AppError {
  return refusal(
    'TOO_MANY_OPEN_CHECKOUTS',
    `${limit} orders of the account are still to be paid. Pay or cancel one of them, or wait until one expires.`,
    { details: { limit, orderIds } },
  );
}
