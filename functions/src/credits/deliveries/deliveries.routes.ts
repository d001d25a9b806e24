import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { data, list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { DEFAULT_PAGE_SIZE, dataOf, idParams, listOf } from '../../platform/http/schemas.ts';
import { requireDelivered } from './deliveries.errors.ts';
import { createDeliverySchema, deliveriesQuery, deliverySchema, renderDelivery } from './deliveries.schemas.ts';
import { findDelivery } from './findDelivery.ts';
import { listDeliveries } from './listDeliveries.ts';
import { makeDelivery } from './makeDelivery.ts';
import type { DeliveriesNeeds } from './needs.ts';

const tag = 'Deliveries';

export const deliveryRoutes = [
  defineRoute({
    method: 'post',
    path: '/account/deliveries',
    tag,
    summary: 'Make a delivery, and pay if it succeeds',
    description:
      'Holds the price, has the service make the delivery, and spends the price on success; otherwise the price is ' +
      'given back. Free operations run at any balance. A repeated request with the same Idempotency-Key gets the ' +
      'first outcome.',
    access: { to: 'key', scope: 'deliveries:write' },
    body: createDeliverySchema,
    response: dataOf(deliverySchema),
    status: 201,
    errors: [
      'UNKNOWN_OPERATION',
      'INSUFFICIENT_CREDITS',
      'KEY_CREDIT_LIMIT_EXCEEDED',
      'OPERATION_NOT_ALLOWED',
      'INTEGRATION_NOT_FOUND',
      'DELIVERIES_NOT_CONFIGURED',
      'DELIVERY_IN_PROGRESS',
      'WALLET_CLOSED',
      'TOO_MANY_CAPPED_KEYS',
      'IDEMPOTENCY_KEY_REUSED',
      'DELIVERY_REFUSED',
      'DELIVERY_FAILED',
      'DELIVERY_TIMED_OUT',
      'DELIVERY_UNCONFIRMED',
    ],
    handle: async (deps: DeliveriesNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const made = await makeDelivery(deps, caller, body, { key: idempotencyKey, requestHash });
      return data(renderDelivery(requireDelivered(made.delivery)), made.replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/deliveries',
    tag,
    summary: 'List deliveries, newest first',
    description: 'A key sees its own deliveries, the owner sees all deliveries of the account.',
    access: { to: 'key', scope: 'deliveries:read' },
    query: deliveriesQuery,
    response: listOf(deliverySchema),
    errors: ['INTEGRATION_NOT_FOUND'],
    handle: async (deps: DeliveriesNeeds, { caller, query }) => {
      const { limit = DEFAULT_PAGE_SIZE, cursor, ...filters } = query;
      const after = parseCursor(cursor, timePosition);
      const page = toPage(await listDeliveries(deps, caller, filters, limit + 1, after), limit, timePositionOf);
      return list({ ...page, items: page.items.map(renderDelivery) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/deliveries/:id',
    tag,
    summary: 'Get a delivery',
    access: { to: 'key', scope: 'deliveries:read' },
    params: idParams,
    response: dataOf(deliverySchema),
    errors: ['DELIVERY_NOT_FOUND'],
    handle: async (deps: DeliveriesNeeds, { caller, params }) =>
      data(renderDelivery(await findDelivery(deps, caller, params.id))),
  }),
];
