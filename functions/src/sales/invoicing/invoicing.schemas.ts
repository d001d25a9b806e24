import * as z from 'zod';
import { majorAmountSchema, priceSchema, renderPrice } from '../../catalog/money.ts';
import { pageQuery, text, timeOut } from '../../platform/http/schemas.ts';
import { type InvoiceOrder, ORDER_STATUSES } from '../orders/order.ts';
import { INVOICING_STATUSES, type Invoicing } from './invoicing.ts';
import type { InvoicingState } from './invoicingState.ts';

const DAYS_UNTIL_DUE = 30;
const MAX_DAYS_UNTIL_DUE = 90;

export const approveSchema = z.strictObject({
  daysUntilDue: z.int().min(1).max(MAX_DAYS_UNTIL_DUE).default(DAYS_UNTIL_DUE),
});
export const declineSchema = z.strictObject({ reason: text(500).optional() });
export const invoicingQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(INVOICING_STATUSES).default('requested'),
});

export const createInvoiceSchema = z
  .strictObject({
    pack: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .meta({ example: 'enterprise', description: 'Required unless `amount` is given.' }),
    amount: majorAmountSchema.optional(),
    currency: z.string().max(10).default('usd').meta({ example: 'usd' }),
  })
  .superRefine(({ pack, amount }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['amount'], message });
    if (pack === undefined && amount === undefined) refuse('is required unless pack is given');
    if (pack !== undefined && amount !== undefined) refuse('does not go with pack');
  });
export type CreateInvoiceRequest = z.output<typeof createInvoiceSchema>;

export const invoiceSchema = z
  .object({
    orderId: z.string(),
    status: z.enum(ORDER_STATUSES).meta({ description: 'The credits are granted when it is `paid`.' }),
    credits: z.int(),
    price: priceSchema,
    invoiceUrl: z.string().nullable().meta({ description: "Stripe's page, on which the invoice is paid." }),
    invoicePdfUrl: z.string().nullable(),
    dueAt: timeOut.nullable(),
  })
  .meta({ id: 'Invoice' });

export const invoicingSchema = z
  .object({
    status: z.enum(['none', ...INVOICING_STATUSES]),
    isEligible: z.boolean().meta({
      description: 'True with purchases of $1,000 or more in each of three calendar months (UTC) in a row.',
    }),
    isPaused: z.boolean().meta({ description: 'True while an invoice is overdue; no further invoice can be ordered.' }),
    months: z
      .array(z.object({ month: z.string().meta({ example: '2026-03' }), purchased: priceSchema }))
      .meta({ description: 'Purchases less refunds, oldest month first; other currencies in US dollars.' }),
    daysUntilDue: z.int().nullable(),
    reason: z.string().nullable(),
    requestedAt: timeOut.nullable(),
    decidedAt: timeOut.nullable(),
    openInvoices: z.array(invoiceSchema),
    overdueOrderIds: z.array(z.string()),
  })
  .meta({ id: 'Invoicing' });

export const invoicingRequestSchema = z
  .object({
    accountId: z.string(),
    status: z.enum(INVOICING_STATUSES),
    daysUntilDue: z.int().nullable(),
    reason: z.string().nullable(),
    requestedAt: timeOut,
    decidedAt: timeOut.nullable(),
    decidedBy: z.string().nullable(),
  })
  .meta({ id: 'InvoicingRequest' });

export function renderInvoicing(state: InvoicingState): z.input<typeof invoicingSchema> {
  const { invoicing, eligibility, open, overdue } = state;
  return {
    status: invoicing?.status ?? 'none',
    isEligible: eligibility.isEligible,
    isPaused: overdue.length > 0,
    months: eligibility.months.map(({ month, purchasedUsdMinor }) => ({
      month,
      purchased: renderPrice(purchasedUsdMinor, 'usd'),
    })),
    daysUntilDue: invoicing?.daysUntilDue ?? null,
    reason: invoicing?.reason ?? null,
    requestedAt: invoicing?.createdAt ?? null,
    decidedAt: invoicing?.decidedAt ?? null,
    openInvoices: open.map(renderInvoice),
    overdueOrderIds: overdue.map(({ id }) => id),
  };
}

/** Renders an account's request for operators. */
export function renderInvoicingRequest(invoicing: Invoicing): z.input<typeof invoicingRequestSchema> {
  const { id, status, daysUntilDue, reason, createdAt, decidedAt, decidedBy } = invoicing;
  return { accountId: id, status, daysUntilDue, reason, requestedAt: createdAt, decidedAt, decidedBy };
}

export function renderInvoice(order: InvoiceOrder): z.input<typeof invoiceSchema> {
  const { id, status, credits, unitAmountMinor, currency, invoice } = order;
  return {
    orderId: id,
    status,
    credits,
    price: renderPrice(unitAmountMinor, currency),
    invoiceUrl: invoice?.url ?? null,
    invoicePdfUrl: invoice?.pdfUrl ?? null,
    dueAt: invoice?.dueAt ?? null,
  };
}
