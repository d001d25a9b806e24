import { addInvoice, finalizeInvoice, markPaid } from '../billing/invoiceLife.ts';
import { addLine, draftOneOffInvoice, setSums } from '../billing/oneOffInvoice.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { findIntentOf } from './sessionData.ts';
import { isTaxInPrice } from './tax.ts';

/** Returns `invoice_creation` as a session shows it. */
export function invoiceCreation(
  requested: Stripe.Checkout.SessionCreateParams.InvoiceCreation | undefined,
): Stripe.Checkout.Session.InvoiceCreation {
  const { description, footer, metadata } = requested?.invoice_data ?? {};
  return {
    enabled: requested?.enabled ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: description ?? null,
      footer: footer ?? null,
      issuer: null,
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, String(value)])),
      rendering_options: null,
    },
  };
}

/**
 * Creates the invoice of a paid session, if the session asks for an invoice and has none yet. The invoice is paid from
 * the start.
 */
export function makePostPaymentInvoice(account: LocalAccount, session: Stripe.Checkout.Session): void {
  const { invoice_creation: creation } = session;
  if (!creation?.enabled || session.invoice) return;
  const { description, footer, metadata } = creation.invoice_data;
  const invoice = draftOneOffInvoice(account, {
    customer: account.customers.get(idOf(session.customer) ?? ''),
    currency: session.currency ?? 'usd',
    description,
    footer,
    metadata: metadata ?? {},
  });
  for (const line of account.lineItems.get(session.id) ?? []) {
    addLine(account, invoice, {
      amount: line.amount_subtotal,
      description: line.description,
      quantity: line.quantity ?? 1,
      metadata: line.metadata ?? {},
      price: { id: line.price.id, product: idOf(line.price.product) ?? '' },
    });
  }
  const { amount_discount: discount = 0, amount_tax: tax = 0 } = session.total_details ?? {};
  setSums(invoice, { discount, tax, isTaxInPrice: isTaxInPrice(session) });
  invoice.automatic_tax.enabled = session.automatic_tax.enabled;
  session.invoice = invoice.id;
  addInvoice(account, invoice);
  finalizeInvoice(account, invoice, findIntentOf(account, session));
  if (invoice.status === 'open') markPaid(account, invoice);
}
