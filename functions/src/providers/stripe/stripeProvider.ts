import { isoTime, secondsOf } from '@cloud-bridge/base';
import Stripe from 'stripe';
import { isOrderId } from '../../sales/orders/order.ts';
import type { CheckoutState, OrderReceipt, PaymentError } from '../../sales/payments/payment.ts';
import type {
  Checkout,
  CheckoutRequest,
  CheckoutTruth,
  DirectPaymentRequest,
  PaymentProvider,
  PaymentTruth,
} from '../../sales/payments/paymentProvider.ts';
import { providerRefused } from '../../sales/payments/payments.errors.ts';
import { callStripe, keyedBy, knownCustomer } from './callStripe.ts';

/** Whether Stripe computes tax on its pages, and whether the tax is added to the prices or included in them. */
export type TaxMode = 'off' | 'exclusive' | 'inclusive';

/** Opens checkout pages at Stripe, and charges saved cards. */
export class StripeProvider implements PaymentProvider {
  readonly #client: () => Stripe;
  readonly #tax: TaxMode;

  constructor(client: () => Stripe, tax: TaxMode) {
    this.#client = client;
    this.#tax = tax;
  }

  async createCheckout(request: CheckoutRequest): Promise<Checkout> {
    const { orderId, accountId, productName, unitAmountMinor, currency } = request;
    const { promotionCodeId, successUrl, cancelUrl, expiresAt, seal } = request;
    const metadata = { orderId, accountId, ...seal };
    const session = await callStripe(() =>
      this.#client().checkout.sessions.create(
        ...keyedBy(orderId, {
          mode: 'payment' as const,
          customer: knownCustomer(request),
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency,
                unit_amount: unitAmountMinor,
                product_data: { name: productName },
                ...(this.#tax !== 'off' && { tax_behavior: this.#tax }),
              },
            },
          ],
          ...(promotionCodeId && { discounts: [{ promotion_code: promotionCodeId }] }),
          ...(this.#tax !== 'off' && TAX_PARAMS),
          invoice_creation: { enabled: true, invoice_data: { metadata } },
          client_reference_id: orderId,
          metadata,
          payment_intent_data: { metadata },
          success_url: successUrl,
          cancel_url: cancelUrl,
          ...(expiresAt && { expires_at: secondsOf(expiresAt) }),
        }),
      ),
    );
    if (!session.url) throw providerRefused(new Error(`session ${session.id} has no url`));
    return {
      sessionId: session.id,
      url: session.url,
      expiresAt: isoTime(session.expires_at * 1000),
      discountMinor: session.total_details?.amount_discount ?? 0,
    };
  }

  async fetchCheckout(sessionId: string): Promise<CheckoutTruth> {
    const expand = ['payment_intent.latest_charge', 'invoice'];
    return checkoutTruth(await callStripe(() => this.#client().checkout.sessions.retrieve(sessionId, { expand })));
  }

  async findCheckout(paymentId: string): Promise<CheckoutTruth | null> {
    const { data } = await callStripe(() =>
      this.#client().checkout.sessions.list({ payment_intent: paymentId, limit: 1 }),
    );
    return data[0] ? this.fetchCheckout(data[0].id) : null;
  }

  async closeCheckout(sessionId: string): Promise<void> {
    const { sessions } = this.#client().checkout;
    await callStripe(async () => {
      try {
        await sessions.expire(sessionId);
      } catch (error) {
        // The page may have been paid or have expired meanwhile: then nobody can pay on it any more.
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
        if ((await sessions.retrieve(sessionId)).status === 'open') throw error;
      }
    });
  }

  async payDirectly(request: DirectPaymentRequest): Promise<PaymentTruth> {
    const { orderId, accountId, customerId, paymentMethodId, productName, unitAmountMinor, currency, seal } = request;
    const intent = await callStripe(async () => {
      try {
        return await this.#client().paymentIntents.create(
          {
            amount: unitAmountMinor,
            currency,
            customer: customerId,
            payment_method: paymentMethodId,
            confirm: true,
            off_session: true,
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            description: productName,
            metadata: { orderId, accountId, ...seal },
            expand: ['latest_charge'],
          },
          { idempotencyKey: orderId },
        );
      } catch (error) {
        if (error instanceof Stripe.errors.StripeCardError && error.payment_intent) return error.payment_intent;
        throw error;
      }
    });
    return paymentTruth(intent);
  }

  async fetchPayment(paymentId: string): Promise<PaymentTruth> {
    const expand = ['latest_charge'];
    return paymentTruth(await callStripe(() => this.#client().paymentIntents.retrieve(paymentId, { expand })));
  }

  async cancelPayment(paymentId: string): Promise<PaymentTruth> {
    const intent = await callStripe(async () => {
      try {
        return await this.#client().paymentIntents.cancel(paymentId, { cancellation_reason: 'abandoned' });
      } catch (error) {
        // The payment may have been paid or canceled meanwhile, or be processing: then return its state.
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
        return this.#client().paymentIntents.retrieve(paymentId);
      }
    });
    return paymentTruth(intent);
  }
}

/** Parameters of a page that computes tax: the page asks for the customer's address and saves the answer. */
const TAX_PARAMS = {
  automatic_tax: { enabled: true },
  tax_id_collection: { enabled: true },
  billing_address_collection: 'required',
  customer_update: { address: 'auto', name: 'auto' },
} as const;

/** Error codes after which the same card can still be charged, once the cardholder has authenticated. */
const AUTHENTICATION_ERRORS = ['authentication_required', 'payment_intent_authentication_failure'];

/** Translates a session with its payment intent and invoice expanded. */
function checkoutTruth(session: Stripe.Checkout.Session): CheckoutTruth {
  const { metadata, subscription } = session;
  return {
    kind: 'checkout',
    provider: 'stripe',
    sessionId: session.id,
    orderId: isOrderId(metadata?.orderId) ? metadata.orderId : null,
    metadata,
    unitAmountMinor: session.amount_subtotal,
    discountMinor: session.total_details?.amount_discount ?? 0,
    currency: session.currency,
    state: checkoutState(session),
    receipt: session.payment_status === 'unpaid' ? null : checkoutReceipt(session),
    providerSubscriptionId: typeof subscription === 'string' ? subscription : (subscription?.id ?? null),
  };
}

/** Translates a payment with a saved card. */
export function paymentTruth(intent: Stripe.PaymentIntent): PaymentTruth {
  const error = intent.last_payment_error;
  const orderId = intent.metadata?.orderId;
  const wantsCustomer =
    intent.status === 'requires_action' ||
    intent.status === 'requires_confirmation' ||
    (intent.status === 'requires_payment_method' &&
      AUTHENTICATION_ERRORS.some((code) => code === error?.code || code === error?.decline_code));
  return {
    kind: 'payment',
    provider: 'stripe',
    paymentId: intent.id,
    orderId: isOrderId(orderId) ? orderId : null,
    metadata: intent.metadata,
    unitAmountMinor: intent.amount,
    currency: intent.currency,
    state: paymentState(intent, wantsCustomer),
    receipt: intent.status === 'succeeded' ? paymentReceipt(intent) : null,
    decline: error && {
      code: error.code ?? error.type,
      declineCode: error.decline_code ?? null,
      message: error.message ?? 'The payment failed.',
    },
    confirmation:
      wantsCustomer && intent.client_secret
        ? { clientSecret: intent.client_secret, url: intent.next_action?.redirect_to_url?.url ?? null }
        : null,
  };
}

function paymentReceipt(intent: Stripe.PaymentIntent): OrderReceipt {
  return {
    invoiceUrl: null,
    receiptUrl: receiptUrlOf(intent),
    paidAmountMinor: intent.amount_received,
    taxAmountMinor: 0,
  };
}

/** Returns the receipt of a paid session, with its invoice and charge expanded. */
export function checkoutReceipt(session: Stripe.Checkout.Session): OrderReceipt {
  const { invoice, payment_intent: intent, total_details: details } = session;
  return {
    invoiceUrl: (typeof invoice === 'object' ? invoice?.hosted_invoice_url : null) ?? null,
    receiptUrl: typeof intent === 'object' && intent ? receiptUrlOf(intent) : null,
    paidAmountMinor: session.amount_total ?? 0,
    taxAmountMinor: details?.amount_tax ?? 0,
  };
}

function receiptUrlOf({ latest_charge: charge }: Stripe.PaymentIntent): string | null {
  return typeof charge === 'object' ? (charge?.receipt_url ?? null) : null;
}

function paymentState(intent: Stripe.PaymentIntent, wantsCustomer: boolean): CheckoutState {
  const lastPaymentError = paymentErrorOf(intent);
  if (intent.status === 'succeeded') return { status: 'paid', paymentId: intent.id };
  if (intent.status === 'processing') return { status: 'processing', lastPaymentError };
  if (intent.status === 'canceled') return { status: 'canceled', lastPaymentError };
  if (wantsCustomer || !lastPaymentError) return { status: 'open', lastPaymentError };
  return { status: 'failed', lastPaymentError };
}

/** Translates the state of a session with its payment intent expanded. */
export function checkoutState(session: Stripe.Checkout.Session): CheckoutState {
  const intent = typeof session.payment_intent === 'string' ? null : session.payment_intent;
  // A free session is `no_payment_required` from the start, but only counts after the customer has completed it.
  if (session.payment_status !== 'unpaid' && session.status === 'complete') {
    // A free session (a full discount) has no payment, so the session's id stands for the payment.
    return { status: 'paid', paymentId: intent?.id ?? session.id };
  }
  const lastPaymentError = paymentErrorOf(intent);
  if (session.status === 'expired') return { status: 'expired', lastPaymentError };
  if (session.status === 'open') return { status: 'open', lastPaymentError };
  // The delayed payment of a complete but unpaid session is processing, or has failed.
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
