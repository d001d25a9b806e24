import { data, list } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, idParams, listOf } from '../../platform/http/schemas.ts';
import { findOrder, findOrderOfAnybody, pageOfAllOrders, pageOfOrders } from './findOrders.ts';
import type { OrdersNeeds } from './needs.ts';
import {
  accountOrderSchema,
  allOrdersQuery,
  orderSchema,
  ordersQuery,
  purchaseSchema,
  purchasesQuery,
  renderAccountOrder,
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
    summary: 'List orders',
    access,
    query: ordersQuery,
    response: listOf(orderSchema),
    handle: async (deps: OrdersNeeds, { caller, query }) => {
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
    errors: ['ORDER_NOT_FOUND'],
    handle: async (deps: OrdersNeeds, { caller, params }) =>
      data(renderOrder(await findOrder(deps, caller, params.id))),
  }),
  defineRoute({
    method: 'get',
    path: '/billing/history',
    tag,
    summary: 'List paid purchases',
    access,
    query: purchasesQuery,
    response: listOf(purchaseSchema),
    handle: async (deps: OrdersNeeds, { caller, query }) => {
      const page = await pageOfOrders(deps, caller.accountId, 'paidAt', query);
      return list({ ...page, items: page.items.map(renderPurchase) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/orders',
    tag: 'Admin',
    summary: 'List orders of all accounts',
    access: { to: 'admin' },
    query: allOrdersQuery,
    response: listOf(accountOrderSchema),
    handle: async (deps: OrdersNeeds, { query }) => {
      const page = await pageOfAllOrders(deps, query);
      return list({ ...page, items: page.items.map(renderAccountOrder) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/orders/:id',
    tag: 'Admin',
    summary: 'Get an order of any account',
    access: { to: 'admin' },
    params: idParams,
    response: dataOf(accountOrderSchema),
    errors: ['ORDER_NOT_FOUND'],
    handle: async (deps: OrdersNeeds, { params }) =>
      data(renderAccountOrder(await findOrderOfAnybody(deps, params.id))),
  }),
];
