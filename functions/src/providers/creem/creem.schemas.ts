import * as z from 'zod';

/** Schemas of Creem's answers. Other fields are ignored, so that Creem can add fields. */

/** A related object, which Creem sends either whole or as its id. */
const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const minor = z.int();
const time = z.string().transform((text, context) => {
  const epochMs = Date.parse(text);
  if (!Number.isNaN(epochMs)) return new Date(epochMs).toISOString();
  context.addIssue({ code: 'custom', message: 'must be a time' });
  return z.NEVER;
});
const metadata = z.record(z.string(), z.unknown()).nullish();

export const productSchema = z.object({
  id: z.string(),
  price: minor,
  currency: z.string(),
  billing_type: z.string(),
  billing_period: z.string().nullish(),
  status: z.string().nullish(),
});
export type CreemProduct = z.output<typeof productSchema>;

const orderSchema = z.object({
  transaction: z.string().nullish(),
  amount: minor,
  amount_paid: minor.nullish(),
  tax_amount: minor.nullish(),
  currency: z.string(),
  status: z.string(),
});

export const checkoutSchema = z.object({
  id: z.string(),
  status: z.string(),
  request_id: z.string().nullish(),
  product: z.union([z.string(), productSchema]),
  units: z.int().nullish(),
  custom_price: minor.nullish(),
  order: orderSchema.nullish(),
  subscription: reference.nullish(),
  customer: reference.nullish(),
  checkout_url: z.string().nullish(),
  metadata,
});
export type CreemCheckout = z.output<typeof checkoutSchema>;

export const transactionSchema = z.object({
  id: z.string(),
  amount: minor,
  amount_paid: minor.nullish(),
  tax_amount: minor.nullish(),
  currency: z.string(),
  status: z.string(),
  refunded_amount: minor.nullish(),
  subscription: z.string().nullish(),
  period_end: z.number().nullish(),
  created_at: z.number(),
});
export type CreemTransaction = z.output<typeof transactionSchema>;

export const transactionsSchema = z.object({
  items: z.array(transactionSchema),
  pagination: z.object({ next_page: z.int().nullish() }),
});

export const subscriptionSchema = z.object({
  id: z.string(),
  product: reference,
  customer: reference,
  status: z.string(),
  last_transaction_id: z.string().nullish(),
  current_period_start_date: time.nullish(),
  current_period_end_date: time.nullish(),
  canceled_at: time.nullish(),
  updated_at: time,
  metadata,
});
export type CreemSubscription = z.output<typeof subscriptionSchema>;

export const refundSchema = z.object({ status: z.string() });
export const customerSchema = z.object({ email: z.string() });
export const portalLinkSchema = z.object({ customer_portal_link: z.url() });
