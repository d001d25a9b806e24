import type Stripe from 'stripe';
import { checkoutState } from './stripeProvider.ts';

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
])('a session that is %s is told as that', (_name, fields, state) => {
  expect(checkoutState(session(fields))).toEqual(state);
});
