import type { OrderStatus } from '../orders/order.ts';
import { AppError } from '../shared/appError.ts';

/** 409 for the repetition of an order for which no checkout can be opened any more. */
export function orderClosed(status: OrderStatus): AppError {
  return new AppError(409, 'ORDER_CLOSED', `The order is ${status}. Order again with a new Idempotency-Key.`, {
    details: { status },
  });
}
