import Stripe from 'stripe';
import { type CheckoutState, isOrderId, type PaymentError } from '../../orders/order.ts';
import { isoTime } from '../../shared/time.ts';
import { providerRefused, providerUnavailable } from '../payments.errors.ts';
import type { Checkout, CheckoutRequest, CheckoutTruth, PaymentProvider } from '../provider.ts';

/** Stripe as a payment provider. */
export class StripeProvider implements PaymentProvider {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  async createCheckout(request: CheckoutRequest): Promise<Checkout> {
    const { orderId, accountId, productName, unitAmountMinor, currency, successUrl, cancelUrl } = request;
    const metadata = { orderId, accountId };
    const session = await called(() =>
      this.#client().checkout.sessions.create(
        {
          mode: 'payment',
          line_items: [
            {
              quantity: 1,
              price_data: { currency, unit_amount: unitAmountMinor, product_data: { name: productName } },
            },
          ],
          client_reference_id: orderId,
          metadata,
          payment_intent_data: { metadata },
          success_url: successUrl,
          cancel_url: cancelUrl,
        },
        { idempotencyKey: orderId },
      ),
    );
    if (!session.url) throw providerRefused(new Error(`session ${session.id} has no url`));
    return { sessionId: session.id, url: session.url, expiresAt: isoTime(session.expires_at * 1000) };
  }

  async fetchCheckout(sessionId: string): Promise<CheckoutTruth> {
    const session = await called(() =>
      this.#client().checkout.sessions.retrieve(sessionId, { expand: ['payment_intent'] }),
    );
    const orderId = session.metadata?.orderId;
    return {
      sessionId: session.id,
      orderId: isOrderId(orderId) ? orderId : null,
      unitAmountMinor: session.amount_subtotal,
      currency: session.currency,
      state: checkoutState(session),
    };
  }
}

/** Translates a session with its payment intent expanded. Pure. */
export function checkoutState(session: Stripe.Checkout.Session): CheckoutState {
  const intent = typeof session.payment_intent === 'string' ? null : session.payment_intent;
  if (session.payment_status !== 'unpaid') {
    // What costs nothing (a full discount) has no payment; then the session itself is what was fulfilled.
    return { status: 'paid', paymentId: intent?.id ?? session.id };
  }
  const lastPaymentError = paymentErrorOf(intent);
  if (session.status === 'expired') return { status: 'expired', lastPaymentError };
  if (session.status === 'open') return { status: 'open', lastPaymentError };
  // A complete session that isn't paid waits for a delayed payment, or has seen it fail.
  const hasFailed = intent?.status === 'requires_payment_method' || intent?.status === 'canceled';
  if (!hasFailed) return { status: 'processing', lastPaymentError };
  return {
    status: 'failed',
    lastPaymentError: lastPaymentError ?? { code: 'payment_failed', message: 'The payment failed.' },
  };
}

function paymentErrorOf(intent: Stripe.PaymentIntent | null): PaymentError | null {
  const error = intent?.last_payment_error;
  if (!error) return null;
  return { code: error.decline_code ?? error.code ?? error.type, message: error.message ?? 'The payment failed.' };
}

/** Calls Stripe and says in this project's words what went wrong; the SDK has retried by then. */
async function called<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isRefusal = error instanceof Stripe.errors.StripeInvalidRequestError;
    throw isRefusal ? providerRefused(error) : providerUnavailable(error);
  }
}
