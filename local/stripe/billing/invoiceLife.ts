import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireInvoice } from '../localAccount.ts';
import * as attempts from '../payments/attempts.ts';
import { createPaymentIntent } from '../payments/createPaymentIntent.ts';

// The life of an invoice: draft, open, paid or void.

/** Adds a draft to the account and emits its event. */
export function addInvoice(account: LocalAccount, invoice: WireInvoice): WireInvoice {
  account.invoices.add(invoice);
  account.emit('invoice.created', invoice);
  return invoice;
}

/**
 * Finalizes a draft: gives the invoice a number and a payment intent. An invoice without an amount due is paid at once.
 *
 * @param intent the payment intent, if it exists already
 */
export function finalizeInvoice(account: LocalAccount, invoice: WireInvoice, intent?: Stripe.PaymentIntent): void {
  const now = account.clock.nowSeconds();
  const customer = account.customers.get(idOf(invoice.customer) ?? '');
  const sequence = customer.next_invoice_sequence ?? 1;
  customer.next_invoice_sequence = sequence + 1;
  // The customer's credit pays as much as possible; a negative total adds to the customer's credit.
  customer.balance += invoice.total - invoice.amount_due;
  Object.assign(invoice, {
    status: 'open',
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    effective_at: now,
    ending_balance: customer.balance,
    automatically_finalizes_at: null,
    hosted_invoice_url: `${account.publicUrl}/i/${invoice.id}`,
    invoice_pdf: `${account.publicUrl}/i/${invoice.id}/pdf`,
  } satisfies Partial<WireInvoice>);
  invoice.status_transitions.finalized_at = now;
  account.emit('invoice.finalized', invoice);
  if (invoice.amount_due === 0) markPaid(account, invoice);
  else linkPayment(account, invoice, intent ?? createInvoiceIntent(account, invoice));
}

/** Creates the payment intent of an invoice. */
export function createInvoiceIntent(account: LocalAccount, invoice: WireInvoice): Stripe.PaymentIntent {
  const isFirst = invoice.billing_reason === 'subscription_create';
  return createPaymentIntent(account, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: idOf(invoice.customer),
    description: isFirst ? 'Subscription creation' : 'Subscription update',
    metadata: {},
    receiptEmail: null,
    setupFutureUsage: 'off_session',
  });
}

function linkPayment(account: LocalAccount, invoice: WireInvoice, intent: Stripe.PaymentIntent): void {
  account.invoicePayments.add({
    id: createId('inpay_1', 23),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: account.clock.nowSeconds(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
}

/** Returns the payments of an invoice, newest first. */
export function paymentsOf(account: LocalAccount, invoice: { id: string }): Stripe.InvoicePayment[] {
  return account.invoicePayments.newestFirst().filter((payment) => idOf(payment.invoice) === invoice.id);
}

/** Returns the payment intent of an invoice; undefined if the invoice has none. */
export function intentOfInvoice(account: LocalAccount, invoice: { id: string }): Stripe.PaymentIntent | undefined {
  const [payment] = paymentsOf(account, invoice);
  return account.paymentIntents.find(idOf(payment?.payment.payment_intent) ?? '');
}

/** Returns the invoice that a payment intent belongs to; undefined if it belongs to no invoice. */
export function invoiceOfIntent(account: LocalAccount, intent: { id: string }): WireInvoice | undefined {
  const payment = account.invoicePayments
    .newestFirst()
    .find(({ payment }) => idOf(payment.payment_intent) === intent.id);
  return account.invoices.find(idOf(payment?.invoice) ?? '');
}

/** Marks an invoice as paid, after its payment or when no amount was due. */
export function markPaid(account: LocalAccount, invoice: WireInvoice): void {
  const now = account.clock.nowSeconds();
  Object.assign(invoice, {
    status: 'paid',
    attempted: true,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    next_payment_attempt: null,
  } satisfies Partial<WireInvoice>);
  invoice.status_transitions.paid_at = now;
  for (const payment of paymentsOf(account, invoice)) {
    if (payment.status !== 'open') continue;
    payment.status = 'paid';
    payment.amount_paid = payment.amount_requested;
    payment.status_transitions.paid_at = now;
    account.emit('invoice_payment.paid', payment);
  }
  account.emit('invoice.paid', invoice);
  account.emit('invoice.payment_succeeded', invoice);
}

/**
 * Voids an open invoice; the invoice can no longer be paid.
 *
 * @throws StripeError when the invoice isn't open
 */
export function voidInvoice(account: LocalAccount, invoice: WireInvoice): void {
  if (invoice.status !== 'open') {
    throw StripeError.invalid(
      `You can only pass in open invoices. This invoice isn't open: its status is ${invoice.status}.`,
      {
        code: 'invoice_not_editable',
      },
    );
  }
  const now = account.clock.nowSeconds();
  Object.assign(invoice, {
    status: 'void',
    auto_advance: false,
    next_payment_attempt: null,
  } satisfies Partial<WireInvoice>);
  invoice.status_transitions.voided_at = now;
  for (const payment of paymentsOf(account, invoice)) {
    payment.status = 'canceled';
    payment.status_transitions.canceled_at = now;
  }
  const intent = intentOfInvoice(account, invoice);
  if (intent && intent.status !== 'succeeded') attempts.cancel(account, intent, 'void_invoice');
  account.emit('invoice.voided', invoice);
}
