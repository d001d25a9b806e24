import { data, list } from '../http/replies.ts';
import { defineRoute } from '../http/route.ts';
import { dataOf, idParams, listOf } from '../http/schemas.ts';
import { findOrder, pageOfOrders } from './findOrders.ts';
import {
  orderSchema,
  ordersQuery,
  purchaseSchema,
  purchasesQuery,
  renderOrder,
  renderPurchase,
} from './orders.schemas.ts';

const tag = 'Orders';
const access = { to: 'account' } as const;

export const orderRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/orders',
    tag,
    summary: 'Orders, newest first',
    access,
    query: ordersQuery,
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
    handle: async (deps, { caller, params }) => data(renderOrder(await findOrder(deps, caller, params.id))),
  }),
  defineRoute({
    method: 'get',
    path: '/billing/history',
    tag,
    summary: 'Paid purchases, newest first',
    access,
    query: purchasesQuery,
    response: listOf(purchaseSchema),
    handle: async (deps, { caller, query }) => {
      const page = await pageOfOrders(deps, caller.accountId, 'paidAt', query);
      return list({ ...page, items: page.items.map(renderPurchase) });
    },
  }),
];
