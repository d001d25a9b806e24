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
    pack: z.string().nullable().meta({ description: 'The key of the pack; null for other kinds of orders.' }),
    description: z.string(),
    credits: z.int(),
    price: priceSchema,
    couponCode: z.string().nullable(),
    discountAmountMinor: z.int().meta({ description: 'The discount, in the smallest unit of the currency.' }),
    total: priceSchema.meta({
      description: 'The price less the discount, plus the tax once the order is paid.',
    }),
    taxAmountMinor: z.int().meta({ description: 'The tax included in `total`; 0 until the order is paid.' }),
    invoiceUrl: z.string().nullable().meta({ description: "The provider's page of the invoice; the link may expire." }),
    dueAt: timeOut
      .nullable()
      .meta({ description: 'When the invoice is due; null for orders that are not paid by invoice.' }),
    receiptUrl: z.string().nullable().meta({ description: "The provider's receipt of the payment." }),
    refundedAmountMinor: z.int().meta({ description: 'Refunded so far, in the smallest unit of the currency.' }),
    disputedAmountMinor: z
      .int()
      .meta({ description: 'The amount in open or lost disputes, in the smallest unit of the currency.' }),
    revokedCredits: z.int().meta({ description: 'Credits that were revoked because of refunds and disputes.' }),
    checkoutUrl: z
      .string()
      .nullable()
      .meta({ description: 'The page where a pending order can be paid; null otherwise.' }),
    sessionId: z.string().nullable(),
    paymentId: z.string().nullable(),
    transactionId: z
      .string()
      .nullable()
      .meta({ description: 'The ledger entry that added the credits; null until then.' }),
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
    customerId: z
      .string()
      .nullable()
      .meta({ description: 'The customer id of the payer at the provider; null if there is none yet.' }),
    stripeCustomerId: z
      .string()
      .nullable()
      .meta({ description: 'The `customerId` if the provider is Stripe, null otherwise.' }),
  })
  .meta({ id: 'AccountOrder' });

export const purchaseSchema = z
  .object({
    id: z.string(),
    orderId: z.string(),
    amountCredits: z.int(),
    balanceAfterCredits: z.int().meta({ description: 'Available credits right after the purchase.' }),
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
    createdAt: timeOut.meta({ description: 'When the purchase was paid.' }),
  })
  .meta({ id: 'Purchase' });

/** Renders an order for its owner. */
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

/** Renders an order for operators, who see the orders of all accounts. */
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

/** Renders a paid order as a line of the purchase history. */
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
