import type { OrderStatus } from '../orders/order.ts';
import { AppError } from '../shared/appError.ts';

/** 409 for the repetition of an order for which no checkout can be opened any more. */
export function orderClosed(status: OrderStatus): AppError {
  return new AppError(409, 'ORDER_CLOSED', `The order is ${status}. Order again with a new Idempotency-Key.`, {
    details: { status },
  });
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
