import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { StripeError } from '../api/stripeError.ts';
import { inTimeOf } from '../billing/customerTime.ts';
import { addInvoice, finalizeInvoice } from '../billing/invoiceLife.ts';
import { addLine, draftOneOffInvoice } from '../billing/oneOffInvoice.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { parseCurrency } from '../money.ts';

const DAY_SECONDS = 24 * 60 * 60;

function createInvoice(account: LocalAccount, params: Stripe.InvoiceCreateParams): WireInvoice {
  const { customer: customerId, collection_method: method = 'charge_automatically', days_until_due: days } = params;
  if (customerId === undefined) throw StripeError.missingParameter('customer');
  const customer = account.customers.get(customerId, 'customer');
  if (method === 'send_invoice' && days === undefined) {
    throw StripeError.invalid(
      "If invoices are set to `collection_method` = 'send_invoice', you must pass `days_until_due` or `due_date`.",
      { param: 'days_until_due' },
    );
  }
  if (method !== 'send_invoice' && days !== undefined) {
    throw StripeError.invalid("You can only pass `days_until_due` if the `collection_method` is 'send_invoice'.", {
      param: 'days_until_due',
    });
  }
  const invoice = draftOneOffInvoice(account, {
    customer,
    currency: parseCurrency(params.currency ?? customer.currency ?? 'usd', 'currency'),
    description: params.description ?? null,
    footer: params.footer ?? null,
    metadata: mergeMetadata(null, params.metadata),
  });
  Object.assign(invoice, {
    auto_advance: params.auto_advance ?? false,
    collection_method: method,
    due_date: days === undefined ? null : account.clock.nowSeconds() + days * DAY_SECONDS,
  } satisfies Partial<WireInvoice>);
  return addInvoice(account, invoice);
}

function addLines(account: LocalAccount, invoice: WireInvoice, { lines }: Stripe.InvoiceAddLinesParams): void {
  requireDraft(invoice);
  for (const [index, { amount, description, metadata }] of lines.entries()) {
    if (amount === undefined) throw StripeError.missingParameter(`lines[${index}][amount]`);
    addLine(account, invoice, {
      amount,
      description: description ?? null,
      quantity: 1,
      metadata: mergeMetadata(null, metadata),
    });
  }
  account.emit('invoice.updated', invoice, { lines: { object: 'list', data: [], has_more: false, url: '' } });
}

function requireDraft(invoice: WireInvoice): void {
  if (invoice.status === 'draft') return;
  throw StripeError.invalid("This invoice is no longer editable: it isn't a draft.", { code: 'invoice_not_editable' });
}

function sendInvoice(account: LocalAccount, invoice: WireInvoice): void {
  if (invoice.collection_method !== 'send_invoice') {
    throw StripeError.invalid("You can only send invoices whose `collection_method` is 'send_invoice'.");
  }
  if (invoice.status === 'draft') finalizeInvoice(account, invoice);
  if (invoice.status !== 'open') throw StripeError.invalid(`An invoice that is ${invoice.status} can't be sent.`);
  account.emit('invoice.sent', invoice);
}

function giveUp(account: LocalAccount, invoice: WireInvoice): void {
  if (invoice.status !== 'open') {
    throw StripeError.invalid(`An invoice that is ${invoice.status} can't be marked uncollectible.`);
  }
  invoice.status = 'uncollectible';
  invoice.status_transitions.marked_uncollectible_at = account.clock.nowSeconds();
  account.emit('invoice.marked_uncollectible', invoice);
}

function inItsTime(account: LocalAccount, id: string, change: (invoice: WireInvoice) => void): WireInvoice {
  const invoice = account.invoices.get(id);
  inTimeOf(account, idOf(invoice.customer) ?? '', () => change(invoice));
  return invoice;
}

/** The operations on invoices that callers create and send to customers. */
export const sentInvoices: Resource = {
  routes: [
    defineRoute<Stripe.InvoiceCreateParams>({
      method: 'POST',
      path: '/v1/invoices',
      accepts: [
        'auto_advance',
        'collection_method',
        'currency',
        'customer',
        'days_until_due',
        'description',
        'footer',
        'metadata',
        'pending_invoice_items_behavior',
      ],
      handle: ({ account, params }) => inTimeOf(account, params.customer ?? '', () => createInvoice(account, params)),
    }),
    defineRoute<Stripe.InvoiceAddLinesParams>({
      method: 'POST',
      path: '/v1/invoices/{id}/add_lines',
      accepts: ['lines.amount', 'lines.description', 'lines.metadata'],
      handle: ({ account, params, id }) => inItsTime(account, id, (invoice) => addLines(account, invoice, params)),
    }),
    defineRoute<Stripe.InvoiceSendInvoiceParams>({
      method: 'POST',
      path: '/v1/invoices/{id}/send',
      accepts: [],
      handle: ({ account, id }) => inItsTime(account, id, (invoice) => sendInvoice(account, invoice)),
    }),
    defineRoute<Stripe.InvoiceMarkUncollectibleParams>({
      method: 'POST',
      path: '/v1/invoices/{id}/mark_uncollectible',
      accepts: [],
      handle: ({ account, id }) => inItsTime(account, id, (invoice) => giveUp(account, invoice)),
    }),
  ],
};
