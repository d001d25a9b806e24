import * as z from 'zod';
import { offsetQuery, pageQuery, timeOut } from '../http/schemas.ts';
import { priceSchema, renderPrice } from '../shared/money.ts';
import { ORDER_STATUSES, type Order } from './order.ts';

export const purchasesQuery = z.strictObject({ ...pageQuery, ...offsetQuery });
export const ordersQuery = purchasesQuery.extend({ status: z.enum(ORDER_STATUSES).optional() });

export const orderSchema = z
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

export const purchaseSchema = z
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

/** An order as its owner sees it. */
export function renderOrder(order: Order): z.input<typeof orderSchema> {
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

/** A paid order as a line of the purchase history. */
export function renderPurchase(order: Order): z.input<typeof purchaseSchema> {
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
