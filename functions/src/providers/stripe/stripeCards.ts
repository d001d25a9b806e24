import Stripe from 'stripe';
import { notFound } from '../../platform/errors/refusal.ts';
import type { CardProvider, PaymentMethod } from '../../sales/payments/cardProvider.ts';
import { providerRefused } from '../../sales/payments/payments.errors.ts';
import { callStripe, isMissing, isReplay, keyedFor } from './callStripe.ts';

/** Stripe chooses the payment methods on its setup page by currency; cards are offered in every currency sold here. */
const SETUP_CURRENCY = 'usd';
/** Number of saved methods that are read: more than any customer has. */
const MAX_METHODS = 500;

/** Saves, lists and removes cards at Stripe. */
export class StripeCards implements CardProvider {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  async createSetupIntent({ customerId, idempotencyKey }: Parameters<CardProvider['createSetupIntent']>[0]) {
    const intent = await callStripe(() =>
      this.#client().setupIntents.create(
        { customer: customerId, usage: 'off_session', automatic_payment_methods: { enabled: true } },
        keyedFor(idempotencyKey, customerId),
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
        keyedFor(idempotencyKey, customerId),
      ),
    );
    if (!session.url) throw providerRefused(new Error(`session ${session.id} has no url`));
    return { sessionId: session.id, url: session.url, replayed: isReplay(session) };
  }

  async listMethods(customerId: string): Promise<PaymentMethod[]> {
    const found = await callStripe(() => orNothing(this.#customerAndMethods(customerId)));
    if (!found || found.customer.deleted) return [];
    const { customer, methods } = found;
    const chosen = customer.invoice_settings.default_payment_method;
    const chosenId = typeof chosen === 'string' ? chosen : chosen?.id;
    return paymentMethods(methods, chosenId ?? null);
  }

  async #customerAndMethods(customerId: string) {
    const { customers } = this.#client();
    const [customer, methods] = await Promise.all([
      customers.retrieve(customerId),
      customers.listPaymentMethods(customerId, { limit: 100 }).autoPagingToArray({ limit: MAX_METHODS }),
    ]);
    return { customer, methods };
  }

  async setDefaultMethod(customerId: string, methodId: string): Promise<void> {
    await callStripe(
      () => this.#client().customers.update(customerId, { invoice_settings: { default_payment_method: methodId } }),
      (error) => (isMissing(error) ? notFound('PAYMENT_METHOD_NOT_FOUND') : providerRefused(error)),
    );
  }

  async removeMethod(methodId: string): Promise<void> {
    await callStripe(async () => {
      try {
        await this.#client().paymentMethods.detach(methodId);
      } catch (error) {
        // The method was the customer's a moment ago, so another request has removed it meanwhile.
        if (error instanceof Stripe.errors.StripeInvalidRequestError) throw notFound('PAYMENT_METHOD_NOT_FOUND');
        throw error;
      }
    });
  }
}

/** Returns Stripe's answer; null if Stripe doesn't have the object any more. */
async function orNothing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Translates a customer's methods, newest first. Without a chosen method, the newest is the default. */
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
