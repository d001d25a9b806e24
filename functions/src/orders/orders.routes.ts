import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { parseCursor, timePosition, timePositionOf } from '../http/cursors.ts';
import { data, list, type Page, toPage } from '../http/replies.ts';
import { defineRoute } from '../http/route.ts';
import { DEFAULT_PAGE_SIZE, dataOf, idParams, listOf, offsetQuery, pageQuery, timeOut } from '../http/schemas.ts';
import { notFound } from '../shared/appError.ts';
import { priceSchema, renderPrice } from '../shared/money.ts';
import { ORDER_STATUSES, type Order, type OrderStatus } from './order.ts';

const tag = 'Orders';
const access = { to: 'account' } as const;
const pagingQuery = z.strictObject({ ...pageQuery, ...offsetQuery });

const orderSchema = z
  .object({
    id: z.string(),
    status: z.enum(ORDER_STATUSES),
    provider: z.enum(['stripe']),
    pack: z.string(),
    description: z.string(),
    credits: z.int(),
    price: priceSchema,
    checkoutUrl: z.string().nullable().meta({ description: 'Where it can be paid, while it is pending.' }),
    sessionId: z.string().nullable(),
    paymentId: z.string().nullable(),
    transactionId: z.string().nullable().meta({ description: 'The ledger entry that credited it.' }),
    lastPaymentError: z.object({ code: z.string(), message: z.string() }).nullable(),
    createdAt: timeOut,
    updatedAt: timeOut,
    paidAt: timeOut.nullable(),
  })
  .meta({ id: 'Order' });

const purchaseSchema = z
  .object({
    id: z.string(),
    orderId: z.string(),
    amountCredits: z.int(),
    balanceAfterCredits: z.int().meta({ description: 'Available credits right after it.' }),
    price: priceSchema,
    description: z.string(),
    paymentId: z.string().nullable(),
    createdAt: timeOut.meta({ description: 'When it was paid.' }),
  })
  .meta({ id: 'Purchase' });

export const orderRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/orders',
    tag,
    summary: 'Orders, newest first',
    access,
    query: pagingQuery.extend({ status: z.enum(ORDER_STATUSES).optional() }),
    response: listOf(orderSchema),
    handle: async (deps, { caller, query }) => {
      const page = await pageOfOrders(deps, caller.accountId, 'createdAt', query);
      return list({ ...page, items: page.items.map(renderOrder) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/orders/:id',
    tag,
    summary: 'Get an order',
    access,
    params: idParams,
    response: dataOf(orderSchema),
    errors: { 404: ['ORDER_NOT_FOUND'] },
    handle: async (deps, { caller, params }) => {
      const order = await deps.orders.find(params.id);
      if (order?.accountId !== caller.accountId) throw notFound('order');
      return data(renderOrder(order));
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/history',
    tag,
    summary: 'Paid purchases, newest first',
    access,
    query: pagingQuery,
    response: listOf(purchaseSchema),
    handle: async (deps, { caller, query }) => {
      const page = await pageOfOrders(deps, caller.accountId, 'paidAt', query);
      return list({ ...page, items: page.items.map(renderPurchase) });
    },
  }),
];

interface OrdersRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly offset?: number | undefined;
  readonly status?: OrderStatus | undefined;
}

async function pageOfOrders(
  deps: Deps,
  accountId: string,
  by: 'createdAt' | 'paidAt',
  { limit = DEFAULT_PAGE_SIZE, cursor, offset, status }: OrdersRequest,
): Promise<Page<Order>> {
  const after = parseCursor(cursor, timePosition);
  const orders = await deps.orders.list(accountId, { by, limit: limit + 1, after, offset, status });
  return toPage(orders, limit, (last) => timePositionOf({ createdAt: last[by] ?? last.createdAt, id: last.id }));
}

function renderOrder(order: Order): z.input<typeof orderSchema> {
  return {
    id: order.id,
    status: order.status,
    provider: order.provider,
    pack: order.packKey,
    description: `${order.packName}: ${order.credits} credits`,
    credits: order.credits,
    price: renderPrice(order.unitAmountMinor, order.currency),
    checkoutUrl: order.status === 'pending' ? (order.checkout?.url ?? null) : null,
    sessionId: order.checkout?.sessionId ?? null,
    paymentId: order.paymentId,
    transactionId: order.entryId,
    lastPaymentError: order.lastPaymentError,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    paidAt: order.paidAt,
  };
}

function renderPurchase(order: Order): z.input<typeof purchaseSchema> {
  return {
    id: order.entryId ?? order.id,
    orderId: order.id,
    amountCredits: order.credits,
    balanceAfterCredits: order.balanceAfterCredits ?? 0,
    price: renderPrice(order.unitAmountMinor, order.currency),
    description: `${order.packName}: ${order.credits} credits`,
    paymentId: order.paymentId,
    createdAt: order.paidAt ?? order.createdAt,
  };
}
