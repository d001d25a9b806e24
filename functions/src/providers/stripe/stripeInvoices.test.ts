import type Stripe from 'stripe';
import { invoiceTruth } from './stripeInvoices.ts';

const ORDER_ID = `ord_${'0'.repeat(32)}`;
function invoice(fields: Record<string, unknown>): Stripe.Invoice {
  return {
    id: 'in_1',
    metadata: { orderId: ORDER_ID },
    currency: 'usd',
    subtotal: 1_000,
    total: 1_200,
    total_taxes: [{ amount: 200 }],
    total_discount_amounts: [],
    due_date: 1_767_225_600,
    hosted_invoice_url: 'https://i',
    invoice_pdf: 'https://p',
    ...fields,
  } as unknown as Stripe.Invoice;
}
const payment = (status: string) => ({ data: [{ status, payment: { payment_intent: 'pi_1' } }] });

it.each([
  ['open', { status: 'open', payments: payment('open') }, { status: 'open', lastPaymentError: null }],
  ['paid', { status: 'paid', payments: payment('paid') }, { status: 'paid', paymentId: 'pi_1' }],
  ['paid elsewhere', { status: 'paid', payments: payment('canceled') }, { status: 'paid', paymentId: 'in_1' }],
  ['voided', { status: 'void' }, { status: 'canceled', lastPaymentError: null }],
  ['uncollectible', { status: 'uncollectible' }, { status: 'open', lastPaymentError: { code: 'uncollectible' } }],
])('an invoice that is %s has the right state', (_name, fields, state) => {
  expect(invoiceTruth(invoice(fields))).toMatchObject({ orderId: ORDER_ID, unitAmountMinor: 1_000, state });
});

it('a draft has no page and no due date, and only a paid invoice has a receipt', () => {
  expect(invoiceTruth(invoice({ status: 'draft' }))).toMatchObject({ invoice: null, receipt: null });
  const { invoice: sent, receipt } = invoiceTruth(invoice({ status: 'paid', payments: payment('paid') }));
  expect(sent).toEqual({ invoiceId: 'in_1', url: 'https://i', pdfUrl: 'https://p', dueAt: '2026-01-01T00:00:00.000Z' });
  expect(receipt).toMatchObject({ paidAmountMinor: 1_200, taxAmountMinor: 200 });
});

it("an invoice that isn't ours has no order", () => {
  expect(invoiceTruth(invoice({ status: 'paid', metadata: {} })).orderId).toBeNull();
});
