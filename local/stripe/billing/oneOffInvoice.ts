import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice, WireInvoiceLine } from '../localAccount.ts';
import { blankInvoice } from './invoiceObject.ts';

/** The fields of a new invoice without a subscription. */
export interface OneOffInvoice {
  customer: Stripe.Customer;
  currency: string;
  description: string | null;
  footer: string | null;
  metadata: Stripe.Metadata;
}

/** Creates an empty draft without a subscription, not yet added to the account. */
export function draftOneOffInvoice(account: LocalAccount, invoice: OneOffInvoice): WireInvoice {
  const { customer, currency, description, footer, metadata } = invoice;
  return {
    ...blankInvoice(createId('in_1', 23), account.clock.nowSeconds()),
    currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    description,
    footer,
    metadata: { ...metadata },
    test_clock: typeof customer.test_clock === 'string' ? customer.test_clock : null,
  };
}

/** A line of an invoice without a subscription. */
export interface OneOffLine {
  /** Amount for the whole quantity, before discount and tax, in minor units. */
  amount: number;
  description: string | null;
  quantity: number;
  metadata: Stripe.Metadata;
  price?: { id: string; product: string };
}

/** Adds a line to a draft, and its amount to the draft's sums. */
export function addLine(account: LocalAccount, invoice: WireInvoice, line: OneOffLine): void {
  const { amount, description, quantity, metadata, price } = line;
  const now = account.clock.nowSeconds();
  const added: WireInvoiceLine = {
    id: createId('il_1', 23),
    object: 'line_item',
    amount,
    currency: invoice.currency,
    description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: invoice.id,
    livemode: false,
    metadata: { ...metadata },
    parent: {
      invoice_item_details: {
        invoice_item: createId('ii_1', 23),
        proration: false,
        proration_details: { credited_items: null },
        subscription: null,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    },
    period: { start: now, end: now },
    pretax_credit_amounts: [],
    pricing: price
      ? {
          price_details: { price: price.id, product: price.product },
          type: 'price_details',
          unit_amount_decimal: String(Math.round(amount / quantity)),
        }
      : null,
    quantity,
    quantity_decimal: String(quantity),
    subscription: null,
    subtotal: amount,
    taxes: [],
  };
  invoice.lines.data.push(added);
  setSums(invoice, { discount: 0, tax: 0, isTaxInPrice: false });
}

/** Sets the sums of an invoice. */
export function setSums(
  invoice: WireInvoice,
  { discount, tax, isTaxInPrice }: { discount: number; tax: number; isTaxInPrice: boolean },
): void {
  const subtotal = invoice.lines.data.reduce((sum, { amount }) => sum + amount, 0);
  const total = subtotal - discount + (isTaxInPrice ? 0 : tax);
  Object.assign(invoice, {
    subtotal,
    subtotal_excluding_tax: isTaxInPrice ? subtotal - tax : subtotal,
    total,
    total_excluding_tax: total - tax,
    amount_due: total,
    amount_remaining: total,
    total_taxes:
      tax === 0
        ? []
        : [
            {
              amount: tax,
              tax_behavior: isTaxInPrice ? 'inclusive' : 'exclusive',
              tax_rate_details: null,
              taxability_reason: 'standard_rated',
              taxable_amount: total - tax,
              type: 'tax_rate_details',
            },
          ],
  } satisfies Partial<WireInvoice>);
  if (discount > 0) noteDiscount(invoice, discount);
}

function noteDiscount(invoice: WireInvoice, amount: number): void {
  const discount = createId('di_1', 23);
  invoice.discounts = [discount];
  invoice.total_discount_amounts = [{ amount, discount }];
}
