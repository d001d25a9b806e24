import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { collect } from '../billing/collect.ts';
import { inTimeOf } from '../billing/customerTime.ts';
import { finalizeInvoice, intentOfInvoice, markPaid, paymentsOf, voidInvoice } from '../billing/invoiceLife.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice } from '../localAccount.ts';
import { cancel } from '../payments/attempts.ts';
import { usePaymentMethod } from './paymentMethods.ts';

/**
 * Pays an open invoice.
 *
 * @throws StripeError 402 when the card is declined; the invoice stays open
 */
function payInvoice(account: LocalAccount, invoice: WireInvoice, params: Stripe.InvoicePayParams): void {
  if (invoice.status === 'paid') {
    throw StripeError.invalid('Invoice is already paid', { code: 'invoice_already_paid' });
  }
  if (invoice.status === 'draft') finalizeInvoice(account, invoice);
  if (invoice.status !== 'open') {
    throw StripeError.invalid(`This invoice can no longer be paid: its status is ${invoice.status}.`);
  }
  if (params.paid_out_of_band) {
    payElsewhere(account, invoice);
    return;
  }
  const method =
    params.payment_method === undefined
      ? undefined
      : usePaymentMethod(account, params.payment_method, 'payment_method');
  collect(account, invoice, { offSession: params.off_session ?? true, isOutOfTurn: true, ...(method && { method }) });
  if (!isPaid(invoice)) throw notPaid(account, invoice);
}

/** Marks an invoice as paid outside Stripe, for example by bank transfer. */
function payElsewhere(account: LocalAccount, invoice: WireInvoice): void {
  const intent = intentOfInvoice(account, invoice);
  if (intent) cancel(account, intent, 'void_invoice');
  for (const payment of paymentsOf(account, invoice)) {
    payment.status = 'canceled';
    payment.status_transitions.canceled_at = account.clock.nowSeconds();
  }
  markPaid(account, invoice);
}

function isPaid({ status }: WireInvoice): boolean {
  return status === 'paid';
}

function notPaid(account: LocalAccount, invoice: WireInvoice): StripeError {
  const error = intentOfInvoice(account, invoice)?.last_payment_error;
  if (!error) return StripeError.invalid('This customer has no attached payment source or default payment method.');
  return new StripeError(402, 'card_error', error.message ?? 'Your card was declined.', {
    ...(error.code && { code: error.code }),
    ...(error.decline_code && { decline_code: error.decline_code }),
  });
}

function isOf(invoice: WireInvoice, params: Stripe.InvoiceListParams): boolean {
  const subscription = idOf(invoice.parent?.subscription_details?.subscription);
  return (
    isCreatedWithin(invoice.created, params.created) &&
    (params.customer ?? idOf(invoice.customer)) === idOf(invoice.customer) &&
    (params.status ?? invoice.status) === invoice.status &&
    (params.subscription ?? subscription) === subscription
  );
}

/** Changes an invoice at the time of its customer's test clock. */
function inItsTime(account: LocalAccount, id: string, change: (invoice: WireInvoice) => void): WireInvoice {
  const invoice = account.invoices.get(id);
  inTimeOf(account, idOf(invoice.customer) ?? '', () => change(invoice));
  return invoice;
}

export const invoices: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/invoices/{id}',
      accepts: [],
      handle: ({ account, id }) => account.invoices.get(id),
    }),
    defineRoute<Stripe.InvoiceListParams>({
      method: 'GET',
      path: '/v1/invoices',
      accepts: [...LIST_PARAMETERS, 'created', 'customer', 'status', 'subscription'],
      handle: ({ account, params, path }) => {
        const found = account.invoices.newestFirst().filter((invoice) => isOf(invoice, params));
        return paginate(found, params, path);
      },
    }),
    defineRoute<Stripe.InvoiceListLineItemsParams>({
      method: 'GET',
      path: '/v1/invoices/{id}/lines',
      accepts: LIST_PARAMETERS,
      handle: ({ account, params, id, path }) =>
        paginate(account.invoiceLines.get(account.invoices.get(id).id) ?? [], params, path),
    }),
    defineRoute<Stripe.InvoiceFinalizeInvoiceParams>({
      method: 'POST',
      path: '/v1/invoices/{id}/finalize',
      accepts: ['auto_advance'],
      handle: ({ account, params, id }) =>
        inItsTime(account, id, (invoice) => {
          invoice.auto_advance = params.auto_advance ?? invoice.auto_advance ?? false;
          if (invoice.status === 'draft') finalizeInvoice(account, invoice);
          else throw StripeError.invalid('This invoice is already finalized.', { code: 'invoice_not_editable' });
        }),
    }),
    defineRoute<Stripe.InvoicePayParams>({
      method: 'POST',
      path: '/v1/invoices/{id}/pay',
      accepts: ['off_session', 'paid_out_of_band', 'payment_method'],
      handle: ({ account, params, id }) => inItsTime(account, id, (invoice) => payInvoice(account, invoice, params)),
    }),
    defineRoute<Stripe.InvoiceVoidInvoiceParams>({
      method: 'POST',
      path: '/v1/invoices/{id}/void',
      accepts: [],
      handle: ({ account, id }) => inItsTime(account, id, (invoice) => voidInvoice(account, invoice)),
    }),
  ],
  includes: {
    invoice: {
      payments: (account: LocalAccount, invoice: WireInvoice) =>
        paginate(paymentsOf(account, invoice), undefined, `/v1/invoices/${invoice.id}/payments`),
      confirmation_secret: (account: LocalAccount, invoice: WireInvoice) => {
        const intent = intentOfInvoice(account, invoice);
        return { client_secret: intent?.client_secret ?? '', type: 'payment_intent' };
      },
    },
  },
};
