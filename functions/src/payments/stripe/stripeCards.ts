import Stripe from 'stripe';
import { notFound } from '../../shared/appError.ts';
import { derivedId } from '../../shared/ids.ts';
import type { CardProvider, PaymentMethod } from '../cardProvider.ts';
import { providerRefused } from '../payments.errors.ts';
import { callStripe, isReplay } from './callStripe.ts';
import { billingDetailsOf, forgetStripeCustomer } from './stripeCustomers.ts';

/** Stripe picks the methods of its setup page by a currency; every currency that is sold here has cards. */
const SETUP_CURRENCY = 'usd';
/** Nobody has more saved methods than this. */
const MAX_METHODS = 500;

/** Customers and cards at Stripe. */
export class StripeCards implements CardProvider {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  async createCustomer({ accountId, email }: Parameters<CardProvider['createCustomer']>[0]): Promise<string> {
    const customer = await callStripe(() =>
      this.#client().customers.create(
        { ...(email && { email }), metadata: { accountId } },
        { idempotencyKey: derivedId('customer', accountId) },
      ),
    );
    return customer.id;
  }

  async createSetupIntent({ customerId, idempotencyKey }: Parameters<CardProvider['createSetupIntent']>[0]) {
    const intent = await callStripe(() =>
      this.#client().setupIntents.create(
        { customer: customerId, usage: 'off_session', automatic_payment_methods: { enabled: true } },
        keyed(idempotencyKey),
      ),
    );
    if (!intent.client_secret) throw providerRefused(new Error(`setup intent ${intent.id} has no secret`));
    return { clientSecret: intent.client_secret, replayed: isReplay(intent) };
  }

  async createSetupCheckout(request: Parameters<CardProvider['createSetupCheckout']>[0]) {
    const { customerId, successUrl, cancelUrl, idempotencyKey } = request;
    const session = await callStripe(() =>
      this.#client().checkout.sessions.create(
        {
          mode: 'setup',
          currency: SETUP_CURRENCY,
          customer: customerId,
          success_url: successUrl,
          cancel_url: cancelUrl,
        },
        keyed(idempotencyKey),
      ),
    );
    if (!session.url) throw providerRefused(new Error(`session ${session.id} has no url`));
    return { sessionId: session.id, url: session.url, replayed: isReplay(session) };
  }

  async createPortal({ customerId, returnUrl, idempotencyKey }: Parameters<CardProvider['createPortal']>[0]) {
    const session = await callStripe(() =>
      this.#client().billingPortal.sessions.create(
        { customer: customerId, return_url: returnUrl },
        keyed(idempotencyKey),
      ),
    );
    return { url: session.url, replayed: isReplay(session) };
  }

  async listMethods(customerId: string): Promise<PaymentMethod[]> {
    const [customer, methods] = await callStripe(() =>
      Promise.all([
        this.#client().customers.retrieve(customerId),
        this.#client()
          .customers.listPaymentMethods(customerId, { limit: 100 })
          .autoPagingToArray({ limit: MAX_METHODS }),
      ]),
    );
    const chosen = customer.deleted ? null : customer.invoice_settings.default_payment_method;
    const chosenId = typeof chosen === 'string' ? chosen : chosen?.id;
    return paymentMethods(methods, chosenId ?? null);
  }

  async setDefaultMethod(customerId: string, methodId: string): Promise<void> {
    await callStripe(() =>
      this.#client().customers.update(customerId, { invoice_settings: { default_payment_method: methodId } }),
    );
  }

  async readDetails(customerId: string): ReturnType<CardProvider['readDetails']> {
    return billingDetailsOf(this.#client(), customerId);
  }

  async forgetCustomer(customerId: string): Promise<void> {
    await forgetStripeCustomer(this.#client(), customerId);
  }

  async removeMethod(methodId: string): Promise<void> {
    await callStripe(async () => {
      try {
        await this.#client().paymentMethods.detach(methodId);
      } catch (error) {
        // It was the customer's a moment ago: somebody else has removed it meanwhile.
        if (error instanceof Stripe.errors.StripeInvalidRequestError) throw notFound('payment method');
        throw error;
      }
    });
  }
}

function keyed(idempotencyKey: string | null): Stripe.RequestOptions {
  return idempotencyKey === null ? {} : { idempotencyKey };
}

/** Translates a customer's methods, newest first. Without a choice the newest is charged. Pure. */
export function paymentMethods(methods: readonly Stripe.PaymentMethod[], chosenId: string | null): PaymentMethod[] {
  const sorted = [...methods].sort((a, b) => b.created - a.created);
  const defaultId = sorted.find(({ id }) => id === chosenId)?.id ?? sorted[0]?.id;
  return sorted.map(({ id, type, card }) => ({
    id,
    type,
    brand: card?.brand ?? null,
    last4: card?.last4 ?? null,
    expMonth: card?.exp_month ?? null,
    expYear: card?.exp_year ?? null,
    isDefault: id === defaultId,
  }));
}
