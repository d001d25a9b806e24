import { isoTime } from '@cloud-bridge/base';
import type Stripe from 'stripe';
import { isOrderId } from '../../sales/orders/order.ts';
import type { InvoiceProvider, InvoiceRequest, InvoiceTruth } from '../../sales/payments/invoiceProvider.ts';
import type { CheckoutState } from '../../sales/payments/payment.ts';
import { isSubscriptionId } from '../../sales/subscriptions/subscription.ts';
import { callStripe, keyedBy } from './callStripe.ts';

/** Sends invoices to customers through Stripe, and reads them. */
export class StripeInvoices implements InvoiceProvider {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  sendInvoice(request: InvoiceRequest): Promise<InvoiceTruth> {
    const { orderId, accountId, customerId, productName, unitAmountMinor, currency, daysUntilDue, seal } = request;
    // Each step has its own idempotency key, so that a retry goes on where the last try stopped.
    const keyed = (id: string, step: string) => ({ idempotencyKey: `${id}_${step}` });
    return callStripe(async () => {
      const { invoices } = this.#client();
      const { id } = await invoices.create(
        ...keyedBy(`${orderId}_create`, {
          customer: customerId,
          currency,
          collection_method: 'send_invoice' as const,
          days_until_due: daysUntilDue,
          // Stripe must not finalize the invoice before its line is added.
          auto_advance: false,
          pending_invoice_items_behavior: 'exclude' as const,
          metadata: { orderId, accountId, ...seal },
        }),
      );
      await invoices.addLines(
        id,
        { lines: [{ amount: unitAmountMinor, description: productName }] },
        keyed(id, 'line'),
      );
      await invoices.finalizeInvoice(id, { auto_advance: true }, keyed(id, 'finalize'));
      await invoices.sendInvoice(id, {}, keyed(id, 'send'));
      return this.#fetch(id);
    });
  }

  fetchInvoice(invoiceId: string): Promise<InvoiceTruth> {
    return callStripe(() => this.#fetch(invoiceId));
  }

  findByPayment(paymentId: string): Promise<InvoiceTruth | null> {
    return callStripe(async () => {
      const { data } = await this.#client().invoicePayments.list({
        payment: { type: 'payment_intent', payment_intent: paymentId },
        limit: 1,
      });
      const invoice = data[0]?.invoice;
      return invoice ? this.#fetch(typeof invoice === 'string' ? invoice : invoice.id) : null;
    });
  }

  async #fetch(invoiceId: string): Promise<InvoiceTruth> {
    return invoiceTruth(await this.#client().invoices.retrieve(invoiceId, { expand: ['payments'] }));
  }
}

/** Translates an invoice with its payments expanded. */
export function invoiceTruth(invoice: Stripe.Invoice): InvoiceTruth {
  const { id, metadata, status, due_date: due, total_discount_amounts: discounts, total_taxes: taxes } = invoice;
  const url = invoice.hosted_invoice_url ?? null;
  return {
    kind: 'invoice',
    provider: 'stripe',
    invoiceId: id,
    orderId: isOrderId(metadata?.orderId) ? metadata.orderId : null,
    metadata,
    subscription: subscriptionOf(invoice),
    unitAmountMinor: invoice.subtotal,
    discountMinor: discounts?.reduce((sum, { amount }) => sum + amount, 0) ?? 0,
    currency: invoice.currency,
    state: stateOf(invoice),
    invoice:
      status === 'draft' || due === null
        ? null
        : { invoiceId: id, url, pdfUrl: invoice.invoice_pdf ?? null, dueAt: isoTime(due * 1000) },
    receipt:
      status === 'paid'
        ? {
            invoiceUrl: url,
            receiptUrl: null,
            paidAmountMinor: invoice.total,
            taxAmountMinor: taxes?.reduce((sum, { amount }) => sum + amount, 0) ?? 0,
          }
        : null,
  };
}

function subscriptionOf({ parent }: Stripe.Invoice): InvoiceTruth['subscription'] {
  const details = parent?.subscription_details;
  if (!details) return null;
  const { subscription, metadata } = details;
  const own = metadata?.subscriptionId;
  return {
    providerSubscriptionId: typeof subscription === 'string' ? subscription : subscription.id,
    subscriptionId: isSubscriptionId(own) ? own : null,
  };
}

function stateOf(invoice: Stripe.Invoice): CheckoutState {
  switch (invoice.status) {
    case 'paid':
      return { status: 'paid', paymentId: paymentOf(invoice) ?? invoice.id };
    case 'void':
      return { status: 'canceled', lastPaymentError: null };
    case 'uncollectible':
      // An uncollectible invoice can still be paid or voided, and is owed until then.
      return { status: 'open', lastPaymentError: { code: 'uncollectible', message: 'The invoice is uncollectible.' } };
    default:
      return { status: 'open', lastPaymentError: null };
  }
}

/** Returns the payment of an invoice; null if the invoice was paid outside of Stripe. */
function paymentOf({ payments }: Stripe.Invoice): string | null {
  const paid = payments?.data.find(({ status }) => status === 'paid')?.payment.payment_intent;
  return typeof paid === 'object' ? paid.id : (paid ?? null);
}
