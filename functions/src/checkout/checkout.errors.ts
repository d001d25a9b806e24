import type { Order, OrderStatus } from '../orders/order.ts';
import { AppError } from '../shared/appError.ts';

/** 409 for the repetition of an order for which no checkout can be opened any more. */
export function orderClosed(status: OrderStatus): AppError {
  return new AppError(409, 'ORDER_CLOSED', `The order is ${status}. Order again with a new Idempotency-Key.`, {
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
  return new AppError(409, 'ORDER_NOT_CANCELABLE', why, { details: { status, method } });
}

/** 409 for one order more than may wait for their customer; names those that do. */
export function tooManyOpenCheckouts(limit: number, orderIds: readonly string[]): AppError {
  return new AppError(
    409,
    'TOO_MANY_OPEN_CHECKOUTS',
    `${limit} orders of the account are still to be paid. Pay or cancel one of them, or wait until one expires.`,
    { details: { limit, orderIds } },
  );
}
