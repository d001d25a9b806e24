import { paginate } from '../api/pagination.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice, WireInvoiceLine, WireSubscription } from '../localAccount.ts';

/** The contents of a new invoice. */
export interface InvoiceDraft {
  reason: Stripe.Invoice.BillingReason;
  lines: WireInvoiceLine[];
  /** Discount of a coupon in minor units, at most the subtotal. */
  discount?: number;
}

/**
 * Creates a draft invoice of a subscription, not yet added to the account. As at Stripe, the invoice's own `period_…`
 * fields aren't those of the paid period.
 */
export function draftInvoice(
  account: LocalAccount,
  subscription: WireSubscription,
  { reason, lines, discount = 0 }: InvoiceDraft,
): WireInvoice {
  const now = account.clock.nowSeconds();
  const customer = account.customers.get(idOf(subscription.customer) ?? '');
  const id = createId('in_1', 23);
  for (const line of lines) line.invoice = id;
  account.invoiceLines.set(id, lines);
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0);
  const [item] = subscription.items.data;
  return {
    ...blankInvoice(id, now),
    ...amounts(subtotal, discount, customer.balance),
    ...(discount > 0 && discountOn(lines, discount)),
    billing_reason: reason,
    currency: subscription.currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    lines: paginate(lines, undefined, `/v1/invoices/${id}/lines`),
    parent: {
      quote_details: null,
      subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
      type: 'subscription_details',
    },
    // The period before the paid period; the lines have the paid period.
    period_end: reason === 'subscription_cycle' ? (item?.current_period_start ?? now) : now,
    period_start: reason === 'subscription_cycle' ? (item?.current_period_start ?? now) : now,
    test_clock: idOf(subscription.test_clock),
  };
}

/** Computes the sums of an invoice. The customer's credit, which is a negative balance, is used first. */
function amounts(subtotal: number, discount: number, balance: number): Partial<WireInvoice> {
  const total = subtotal - discount;
  const due = Math.max(0, total + balance);
  return {
    amount_due: due,
    amount_remaining: due,
    starting_balance: balance,
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_excluding_tax: total,
  };
}

/**
 * Adds a discount to the invoice and to its first line. The first invoice of a subscription has only one line here.
 */
function discountOn([line]: WireInvoiceLine[], amount: number): Partial<WireInvoice> {
  const discount = createId('di_1', 23);
  if (line) Object.assign(line, { discounts: [discount], discount_amounts: [{ amount, discount }] });
  return { discounts: [discount], total_discount_amounts: [{ amount, discount }] };
}

/** Creates an empty draft. */
export function blankInvoice(id: string, now: number): WireInvoice {
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Local Stripe',
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    created: now,
    currency: 'usd',
    custom_fields: null,
    customer: null,
    customer_account: null,
    customer_address: null,
    customer_email: null,
    customer_name: null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: { object: 'list', data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: now,
    period_start: now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}
