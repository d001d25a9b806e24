import type Stripe from 'stripe';
import { checkoutReceipt, checkoutState, paymentTruth } from './stripeProvider.ts';

function session(fields: Record<string, unknown>): Stripe.Checkout.Session {
  return { id: 'cs_1', payment_intent: null, ...fields } as unknown as Stripe.Checkout.Session;
}
const declined = {
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  type: 'card_error',
  message: 'Declined.',
};

it.each([
  ['open', { status: 'open', payment_status: 'unpaid' }, { status: 'open', lastPaymentError: null }],
  [
    'declined but open',
    { status: 'open', payment_status: 'unpaid', payment_intent: { id: 'pi_1', last_payment_error: declined } },
    { status: 'open', lastPaymentError: { code: 'insufficient_funds', message: 'Declined.' } },
  ],
  ['expired', { status: 'expired', payment_status: 'unpaid' }, { status: 'expired', lastPaymentError: null }],
  [
    'waiting for a delayed payment',
    { status: 'complete', payment_status: 'unpaid', payment_intent: { id: 'pi_1', status: 'processing' } },
    { status: 'processing', lastPaymentError: null },
  ],
  [
    'failed after a delay',
    { status: 'complete', payment_status: 'unpaid', payment_intent: { id: 'pi_1', status: 'requires_payment_method' } },
    { status: 'failed', lastPaymentError: { code: 'payment_failed', message: 'The payment failed.' } },
  ],
  [
    'paid',
    { status: 'complete', payment_status: 'paid', payment_intent: { id: 'pi_1' } },
    { status: 'paid', paymentId: 'pi_1' },
  ],
  ['free', { status: 'complete', payment_status: 'no_payment_required' }, { status: 'paid', paymentId: 'cs_1' }],
])('a session that is %s has the right state', (_name, fields, state) => {
  expect(checkoutState(session(fields))).toEqual(state);
});

const ORDER_ID = `ord_${'0'.repeat(32)}`;
function intent(fields: Record<string, unknown>): Stripe.PaymentIntent {
  return {
    id: 'pi_1',
    amount: 1_000,
    currency: 'usd',
    client_secret: 'pi_1_secret_x',
    metadata: { orderId: ORDER_ID },
    last_payment_error: null,
    next_action: null,
    ...fields,
  } as unknown as Stripe.PaymentIntent;
}
const unauthenticated = { ...declined, code: 'authentication_required', decline_code: 'authentication_required' };
const confirmable = { clientSecret: 'pi_1_secret_x', url: null };

it.each([
  ['has succeeded', { status: 'succeeded' }, { status: 'paid', paymentId: 'pi_1' }, null],
  ['is processing', { status: 'processing' }, { status: 'processing', lastPaymentError: null }, null],
  ['was canceled', { status: 'canceled' }, { status: 'canceled', lastPaymentError: null }, null],
  [
    'was declined',
    { status: 'requires_payment_method', last_payment_error: declined },
    { status: 'failed', lastPaymentError: { code: 'insufficient_funds', message: 'Declined.' } },
    null,
  ],
  [
    'was declined for lack of authentication',
    { status: 'requires_payment_method', last_payment_error: unauthenticated },
    { status: 'open', lastPaymentError: { code: 'authentication_required', message: 'Declined.' } },
    confirmable,
  ],
  ['waits for its cardholder', { status: 'requires_action' }, { status: 'open', lastPaymentError: null }, confirmable],
  [
    "was declined for lack of authentication by the bank's decline code",
    { status: 'requires_payment_method', last_payment_error: { ...unauthenticated, code: 'card_declined' } },
    { status: 'open', lastPaymentError: { code: 'authentication_required', message: 'Declined.' } },
    confirmable,
  ],
  ['was not tried', { status: 'requires_payment_method' }, { status: 'open', lastPaymentError: null }, null],
])('a payment that %s has the right state', (_name, fields, state, confirmation) => {
  expect(paymentTruth(intent(fields))).toMatchObject({ orderId: ORDER_ID, paymentId: 'pi_1', state, confirmation });
});

it("a payment that isn't ours has no order", () => {
  expect(paymentTruth(intent({ status: 'succeeded', metadata: { orderId: 'shop/1' } })).orderId).toBeNull();
});

describe('a receipt', () => {
  const paid = { amount_total: 1_200, total_details: { amount_tax: 200 } };

  it('has the pages of invoice and charge, the paid amount and the tax', () => {
    const payment_intent = { id: 'pi_1', latest_charge: { receipt_url: 'https://r' } };
    const receipt = checkoutReceipt(session({ ...paid, payment_intent, invoice: { hosted_invoice_url: 'https://i' } }));
    const pages = { invoiceUrl: 'https://i', receiptUrl: 'https://r' };
    expect(receipt).toEqual({ ...pages, paidAmountMinor: 1_200, taxAmountMinor: 200 });
  });

  it('has no pages without an invoice and a charge', () => {
    expect(checkoutReceipt(session({ ...paid, invoice: null }))).toMatchObject({ invoiceUrl: null, receiptUrl: null });
  });
});
