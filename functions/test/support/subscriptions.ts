import type Stripe from 'stripe';
import { customerOf, saveCard } from './cards.ts';
import { newPerson, type Person } from './people.ts';
import { allWebhooksDelivered, stripe } from './stripeControl.ts';

export const DAY_SECONDS = 24 * 60 * 60;

/** The current time in Unix seconds. */
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** A person with a saved card whose time at Stripe runs on its own test clock. */
export class Subscriber {
  readonly person: Person;
  readonly customer: Stripe.Customer;
  #clock: Stripe.TestHelpers.TestClock;

  constructor(person: Person, customer: Stripe.Customer, clock: Stripe.TestHelpers.TestClock) {
    this.person = person;
    this.customer = customer;
    this.#clock = clock;
  }

  /** @param startSeconds start of the clock in Unix seconds; the current time by default */
  static async create(startSeconds = nowSeconds(), card = 'pm_card_visa'): Promise<Subscriber> {
    const person = await newPerson();
    await saveCard(person, card);
    const customer = await customerOf(person);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: startSeconds, customer: customer.id });
    return new Subscriber(person, customer, clock);
  }

  /** Advances the time at Stripe, and waits until the backend has received all events. */
  async advance(seconds: number): Promise<void> {
    const frozen_time = this.#clock.frozen_time + seconds;
    await stripe.testHelpers.testClocks.advance(this.#clock.id, { frozen_time });
    this.#clock = await stripe.testHelpers.testClocks.retrieve(this.#clock.id);
    await allWebhooksDelivered();
  }

  /** Subscribes, waits until the backend has received Stripe's events, and returns the answer. */
  async subscribe(body: Record<string, unknown> = {}, idempotencyKey?: string) {
    const reply = await this.person.send('POST', '/billing/subscribe', {
      body: { planSlug: 'team', ...body },
      idempotencyKey,
    });
    await allWebhooksDelivered();
    return reply;
  }

  async useCard(card: string): Promise<void> {
    const id = await saveCard(this.person, card);
    (await this.person.send('PUT', `/billing/payment-methods/${id}/default`)).expect(200);
  }

  async status() {
    return (await this.person.send('GET', '/billing/status')).expect(200).data;
  }

  /** Returns a subscription as the status route shows it. */
  async subscription(id: string) {
    const { subscriptions } = await this.status();
    return subscriptions.find((candidate: { id: string }) => candidate.id === id);
  }
}
