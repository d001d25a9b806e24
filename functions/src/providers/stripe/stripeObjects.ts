import type Stripe from 'stripe';
import { isSubscriptionId } from '../../sales/subscriptions/subscription.ts';
import { callStripe } from './callStripe.ts';

/** The kinds of objects that events about refunds and disputes name. */
export type ReversalObject = 'charge' | 'refund' | 'dispute';

/** Reads the payment or subscription behind an event's object, because only the object's id is used from an event. */
export class StripeObjects {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  /**
   * Returns the payment intent of a charge, refund or dispute; null for a charge without a payment intent.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async paymentBehind(object: ReversalObject, id: string): Promise<string | null> {
    const found = await callStripe<Pick<Stripe.Charge, 'payment_intent'>>(() => this.#retrieve(object, id));
    const { payment_intent: payment } = found;
    return typeof payment === 'string' ? payment : (payment?.id ?? null);
  }

  /**
   * Returns the id of our subscription that a Stripe subscription was created for; null if it isn't one of ours.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async subscriptionReference(providerSubscriptionId: string): Promise<string | null> {
    const { metadata } = await callStripe(() => this.#client().subscriptions.retrieve(providerSubscriptionId));
    return isSubscriptionId(metadata.subscriptionId) ? metadata.subscriptionId : null;
  }

  #retrieve(object: ReversalObject, id: string) {
    const { charges, refunds, disputes } = this.#client();
    if (object === 'charge') return charges.retrieve(id);
    return object === 'refund' ? refunds.retrieve(id) : disputes.retrieve(id);
  }
}
