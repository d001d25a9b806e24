import type Stripe from 'stripe';
import { isSubscriptionId } from '../../sales/subscriptions/subscription.ts';
import { callStripe } from './callStripe.ts';

/** What tells of money going back. */
export type ReversalObject = 'charge' | 'refund' | 'dispute';

/** Objects that events are about, as far as they lead on: an event itself says only which object it is. */
export class StripeObjects {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  /**
   * The payment of a charge, refund or dispute; null for a charge that was made without one.
   * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  async paymentBehind(object: ReversalObject, id: string): Promise<string | null> {
    const found = await callStripe<Pick<Stripe.Charge, 'payment_intent'>>(() => this.#retrieve(object, id));
    const { payment_intent: payment } = found;
    return typeof payment === 'string' ? payment : (payment?.id ?? null);
  }

  /**
   * Ours that a subscription was made for; null for a subscription of somebody else's.
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
