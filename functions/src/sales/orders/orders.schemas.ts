import * as z from 'zod';
import { stripeIdOf } from '../../access/accounts/providerName.ts';
import { priceSchema, renderPrice } from '../../catalog/money.ts';
import { accountIdSchema, offsetQuery, pageQuery, timeOut } from '../../platform/http/schemas.ts';
import { ORDER_PROVIDERS } from '../payments/orderProvider.ts';
import type { OrderInvoice } from '../payments/payment.ts';
import {
  isInvoiceOrder,
  NO_REVERSAL,
  ORDER_KINDS,
  ORDER_METHODS,
  ORDER_STATUSES,
  type Order,
  totalMinorOf,
} from './order.ts';

export const purchasesQuery = z.strictObject({ ...pageQuery, ...offsetQuery });
export const ordersQuery = purchasesQuery.extend({ status: z.enum(ORDER_STATUSES).optional() });

export const allOrdersQuery = z.strictObject({
  ...pageQuery,
  accountId: accountIdSchema.optional().meta({ description: 'All accounts unless given.' }),
  status: z.enum(ORDER_STATUSES).optional(),
});

export const orderSchema = z
  .object({
    id: z.string(),
    status: z.enum(ORDER_STATUSES),
    provider: z.enum(ORDER_PROVIDERS),
    kind: z.enum(ORDER_KINDS),
    method: z.enum(ORDER_METHODS),
    pack: z.string().nullable().meta({ description: 'The key of the pack; null for an order of something else.' }),
    description: z.string(),
    credits: z.int(),
    price: priceSchema,
    couponCode: z.string().nullable(),
    discountAmountMinor: z
      .int()
      .meta({ description: 'What the coupon takes off, in the smallest unit of the currency.' }),
    total: priceSchema.meta({
      description: 'What is to be paid, or was: less the discount, with tax once it is known.',
    }),
    taxAmountMinor: z.int().meta({ description: 'The tax in it; 0 until it is paid.' }),
    invoiceUrl: z
      .string()
      .nullable()
      .meta({ description: "The provider's page of the invoice; such links may expire." }),
    dueAt: timeOut.nullable().meta({ description: 'When an invoice has to be paid.' }),
    receiptUrl: z.string().nullable().meta({ description: "The provider's receipt of the payment." }),
    refundedAmountMinor: z.int().meta({ description: 'Refunded so far, in the smallest unit of the currency.' }),
    disputedAmountMinor: z.int().meta({ description: 'In disputes that are open or lost.' }),
    revokedCredits: z.int().meta({ description: 'Credits that were taken back for it.' }),
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

export const accountOrderSchema = orderSchema
  .extend({
    accountId: z.string(),
    walletId: z.string(),
    customerId: z.string().nullable().meta({ description: 'Who paid, as the provider knows the account.' }),
    stripeCustomerId: z.string().nullable().meta({ description: 'The same where the provider is Stripe.' }),
  })
  .meta({ id: 'AccountOrder' });

export const purchaseSchema = z
  .object({
    id: z.string(),
    orderId: z.string(),
    amountCredits: z.int(),
    balanceAfterCredits: z.int().meta({ description: 'Available credits right after it.' }),
    price: priceSchema,
    total: priceSchema,
    taxAmountMinor: z.int(),
    invoiceUrl: z.string().nullable(),
    receiptUrl: z.string().nullable(),
    couponCode: z.string().nullable(),
    discountAmountMinor: z.int(),
    status: z.enum(ORDER_STATUSES),
    refundedAmountMinor: z.int(),
    disputedAmountMinor: z.int(),
    revokedCredits: z.int(),
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
    kind: order.kind,
    method: order.method,
    pack: order.kind === 'pack' ? order.productKey : null,
    description: `${order.productName}: ${order.credits} credits`,
    credits: order.credits,
    price: renderPrice(order.unitAmountMinor, order.currency),
    ...amountsOf(order),
    ...reversalOf(order),
    dueAt: invoiceOf(order)?.dueAt ?? null,
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

/** The same for operators, who see those of all accounts. */
export function renderAccountOrder(order: Order): z.input<typeof accountOrderSchema> {
  const { accountId, walletId, customerId } = order;
  const stripeCustomerId = stripeIdOf(order.provider, customerId);
  return { ...renderOrder(order), accountId, walletId, customerId, stripeCustomerId };
}

function amountsOf(order: Order) {
  return {
    couponCode: order.discount?.couponCode ?? null,
    discountAmountMinor: order.discount?.amountMinor ?? 0,
    total: renderPrice(totalMinorOf(order), order.currency),
    taxAmountMinor: order.receipt?.taxAmountMinor ?? 0,
    invoiceUrl: order.receipt?.invoiceUrl ?? invoiceOf(order)?.url ?? null,
    receiptUrl: order.receipt?.receiptUrl ?? null,
  };
}

function invoiceOf(order: Order): OrderInvoice | undefined {
  return isInvoiceOrder(order) ? order.invoice : undefined;
}

function reversalOf({ reversal = NO_REVERSAL }: Order) {
  const { refundedAmountMinor, disputedAmountMinor, revokedCredits } = reversal;
  return { refundedAmountMinor, disputedAmountMinor, revokedCredits };
}

/** A paid order as a line of the purchase history. */
export function renderPurchase(order: Order): z.input<typeof purchaseSchema> {
  return {
    id: order.entryId ?? order.id,
    orderId: order.id,
    amountCredits: order.credits,
    balanceAfterCredits: order.balanceAfterCredits ?? 0,
    price: renderPrice(order.unitAmountMinor, order.currency),
    ...amountsOf(order),
    status: order.status,
    ...reversalOf(order),
    description: `${order.productName}: ${order.credits} credits`,
    paymentId: order.paymentId,
    createdAt: order.paidAt ?? order.createdAt,
  };
}
