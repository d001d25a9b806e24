import { operatorRequest } from '../../access/auditLog/auditLog.ts';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, idParams } from '../../platform/http/schemas.ts';
import type { RefundsNeeds } from './needs.ts';
import { refundOrder } from './refundOrder.ts';
import { createRefundSchema, refundSchema, renderRefund } from './refunds.schemas.ts';

export const refundRoutes = [
  defineRoute({
    method: 'post',
    path: '/admin/orders/:id/refund',
    tag: 'Admin',
    summary: 'Refund an order, fully or partly',
    access: { to: 'admin' },
    params: idParams,
    body: createRefundSchema,
    response: dataOf(refundSchema),
    status: 201,
    errors: [
      'REFUND_TOO_LARGE',
      'ORDER_NOT_FOUND',
      'ORDER_NOT_REFUNDABLE',
      'REFUND_NOT_POSSIBLE',
      'IDEMPOTENCY_KEY_REUSED',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
      'ORDER_NOT_CREDITED',
    ],
    handle: async (deps: RefundsNeeds, request) => {
      const { params, body, idempotencyKey: key, requestHash } = request;
      const operator = operatorRequest(request, 'order.refund');
      const { refund, order, replayed } = await refundOrder(deps, operator, params.id, body, { key, requestHash });
      return data(renderRefund(refund, order), replayed);
    },
  }),
];
