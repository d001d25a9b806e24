import * as z from 'zod';
import { priceSchema, renderPrice } from '../../catalog/money.ts';
import { timeOut } from '../../platform/http/schemas.ts';
import type { Order } from '../orders/order.ts';
import { orderSchema, renderOrder } from '../orders/orders.schemas.ts';
import { REFUND_REASONS, REFUND_STATUSES } from '../payments/refundProvider.ts';
import type { Refund } from './refund.ts';

export const createRefundSchema = z.strictObject({
  amountMinor: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'In the smallest unit of the order’s currency; defaults to the refundable rest.' }),
  reason: z.enum(REFUND_REASONS).default('requested_by_customer'),
});
export type CreateRefundRequest = z.output<typeof createRefundSchema>;

export const refundSchema = z
  .object({
    id: z.string(),
    orderId: z.string(),
    status: z.enum(REFUND_STATUSES).meta({ description: 'Credits are revoked once the refund has succeeded.' }),
    amount: priceSchema,
    reason: z.enum(REFUND_REASONS),
    providerRefundId: z.string(),
    requestedBy: z.string(),
    createdAt: timeOut,
    order: orderSchema,
  })
  .meta({ id: 'Refund' });

/** Renders a refund with its order, for operators. */
export function renderRefund(refund: Refund, order: Order): z.input<typeof refundSchema> {
  const { id, orderId, status, amountMinor, currency, reason, providerRefundId, requestedBy, createdAt } = refund;
  return {
    id,
    orderId,
    status,
    amount: renderPrice(amountMinor, currency),
    reason,
    providerRefundId: providerRefundId ?? '',
    requestedBy,
    createdAt,
    order: renderOrder(order),
  };
}
