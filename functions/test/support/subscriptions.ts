import type Stripe from 'stripe';
import { customerOf, saveCard } from './cards.ts';
import { newPerson, type Person } from './people.ts';
import { allWebhooksDelivered, stripe } from './stripeControl.ts';

export const DAY_SECONDS = 24 * 60 * 60;

/** Unix seconds of the present. */
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Somebody with a saved card whose time at Stripe runs on a clock of its own. */
export class Subscriber {
  readonly person: Person;
  readonly customer: Stripe.Customer;
  #clock: Stripe.TestHelpers.TestClock;

  constructor(person: Person, customer: Stripe.Customer, clock: Stripe.TestHelpers.TestClock) {
    this.person = person;
    this.customer = customer;
    this.#clock = clock;
  }

  /** @param startSeconds where the clock begins; now unless told */
  static async create(startSeconds = nowSeconds(), card = 'pm_card_visa'): Promise<Subscriber> {
    const person = await newPerson();
    await saveCard(person, card);
    const customer = await customerOf(person);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: startSeconds, customer: customer.id });
    return new Subscriber(person, customer, clock);
  }

  /** Lets time pass at Stripe, and waits until the backend has heard of everything. */
  async advance(seconds: number): Promise<void> {
    const frozen_time = this.#clock.frozen_time + seconds;
    await stripe.testHelpers.testClocks.advance(this.#clock.id, { frozen_time });
    this.#clock = await stripe.testHelpers.testClocks.retrieve(this.#clock.id);
    await allWebhooksDelivered();
  }

  /** Subscribes and gives the answer, once the backend has also heard of it from Stripe. */
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

  /** One of the subscriptions as the status shows it. */
  async subscription(id: string) {
    const { subscriptions } = await this.status();
    return subscriptions.find((candidate: { id: string }) => candidate.id === id);
  }
}
