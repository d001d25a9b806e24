import { notFound } from '../../platform/errors/refusal.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { type Page, toPage } from '../../platform/http/replies.ts';
import { DEFAULT_PAGE_SIZE } from '../../platform/http/schemas.ts';
import type { OrdersNeeds } from './needs.ts';
import type { Order, OrderStatus } from './order.ts';

/**
 * Returns one of the caller's orders; another account's order is reported as not found.
 * @throws ORDER_NOT_FOUND
 */
export async function findOrder(deps: OrdersNeeds, caller: AccountCaller, orderId: string): Promise<Order> {
  const order = await deps.orders.find(orderId);
  if (order?.accountId !== caller.accountId) throw notFound('ORDER_NOT_FOUND');
  return order;
}

/**
 * Returns any account's order, for operators.
 * @throws ORDER_NOT_FOUND
 */
export async function findOrderOfAnybody(deps: OrdersNeeds, orderId: string): Promise<Order> {
  const order = await deps.orders.find(orderId);
  if (!order) throw notFound('ORDER_NOT_FOUND');
  return order;
}

/**
 * Returns a page of the orders of all accounts or of one account, for operators, newest first.
 * @throws INVALID_REQUEST
 */
export async function pageOfAllOrders(
  deps: OrdersNeeds,
  request: Omit<OrdersRequest, 'offset'> & { readonly accountId?: string | undefined },
): Promise<Page<Order>> {
  const { limit = DEFAULT_PAGE_SIZE, cursor, ...filters } = request;
  const after = parseCursor(cursor, timePosition);
  return toPage(await deps.orders.listEverywhere({ ...filters, after, limit: limit + 1 }), limit, timePositionOf);
}

interface OrdersRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly offset?: number | undefined;
  readonly status?: OrderStatus | undefined;
}

/**
 * Returns a page of an account's orders, newest first.
 * @throws INVALID_REQUEST
 * @param by `createdAt` lists all orders by creation; `paidAt` lists paid orders by payment
 */
export async function pageOfOrders(
  deps: OrdersNeeds,
  accountId: string,
  by: 'createdAt' | 'paidAt',
  { limit = DEFAULT_PAGE_SIZE, cursor, offset, status }: OrdersRequest,
): Promise<Page<Order>> {
  const after = parseCursor(cursor, timePosition);
  const orders = await deps.orders.list(accountId, { by, limit: limit + 1, after, offset, status });
  return toPage(orders, limit, (last) => timePositionOf({ createdAt: last[by] ?? last.createdAt, id: last.id }));
}
