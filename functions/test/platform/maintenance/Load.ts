import { randomUUID } from 'node:crypto';
import { BUILT_IN_CATALOGS } from '../../../src/catalog/builtInCatalogs.ts';
import type { Reply } from '../../support/apiClient.ts';
import type { World } from './World.ts';

/** A customer who spends, buys and reads in turn, and repeats requests that were refused with 503. */
export class Customer {
  readonly accountId: string;
  apiKey = '';
  /** Ids of acknowledged charges. */
  readonly charged = new Set<string>();
  /** Payments on Stripe's page. */
  paid = 0;
  readonly #load: Load;

  constructor(load: Load, accountId: string) {
    this.#load = load;
    this.accountId = accountId;
  }

  async charge(): Promise<void> {
    const idempotencyKey = randomUUID();
    const options = { idempotencyKey, body: { operation: 'follow' }, headers: { 'x-api-key': this.apiKey } };
    const { data } = await this.#load.insist('POST', '/billing/charges', options);
    this.charged.add(data.id);
  }

  async holdAndCapture(): Promise<void> {
    const headers = { 'x-api-key': this.apiKey };
    const hold = { idempotencyKey: randomUUID(), body: { operation: 'presetShare', capture: false }, headers };
    const { data } = await this.#load.insist('POST', '/billing/charges', hold);
    await this.#load.insist('POST', `/billing/charges/${data.id}/capture`, {
      idempotencyKey: randomUUID(),
      body: {},
      headers,
    });
    this.charged.add(data.id);
  }

  /** Orders a pack; returns its checkout page. */
  async order(): Promise<string> {
    const headers = { authorization: `Bearer ${this.accountId}` };
    const options = { idempotencyKey: randomUUID(), body: { pack: 'starter' }, headers };
    return (await this.#load.insist('POST', '/billing/checkout', options)).data.url;
  }

  async pay(pageUrl: string): Promise<void> {
    const body = new URLSearchParams({ outcome: 'pay' });
    const { status } = await fetch(pageUrl, { method: 'POST', body, redirect: 'manual' });
    if (status !== 303) throw new Error(`the payment was answered with ${status}`);
    this.paid += 1;
  }

  /** Reads and ignores the answer, because during a restore the database may be empty. */
  async look(): Promise<void> {
    await this.#load.ask('GET', '/billing/balance', { headers: { 'x-api-key': this.apiKey } });
    await this.#load.ask('GET', '/account/credits', { headers: { authorization: `Bearer ${this.accountId}` } });
  }
}

/** Customers who send requests until they are stopped. */
export class Load {
  readonly customers: Customer[];
  /** The number of requests refused because of maintenance. */
  refused = 0;
  readonly #world: World;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(world: World, count: number) {
    this.#world = world;
    this.customers = Array.from({ length: count }, (_, index) => new Customer(this, `customer-${index}`));
  }

  static async begin(world: World, count: number, initialCredits: number): Promise<Load> {
    const load = new Load(world, count);
    const catalog = { ...BUILT_IN_CATALOGS['cloud-bridge'], rateLimit: { requestsPerMinute: 10_000 } };
    await world.db.doc('catalog/current').set(catalog);
    for (const customer of load.customers) {
      const { accountId } = customer;
      customer.apiKey = (await world.sendAs(accountId, 'POST', '/account/keys', { body: {} })).expect(201).data.apiKey;
      const body = { accountId, amountCredits: initialCredits, reason: 'For a test' };
      (await world.sendAs('operator', 'POST', '/admin/credits/manual', { body })).expect(201);
    }
    load.#running = Promise.all(load.customers.map((customer) => load.#goOn(customer)));
    return load;
  }

  async #goOn(customer: Customer): Promise<void> {
    while (!this.#stopped) {
      await Promise.all([customer.charge(), customer.charge(), customer.holdAndCapture(), customer.look()]);
      await customer.pay(await customer.order());
    }
  }

  /** Sends a request. */
  ask(...request: Parameters<World['send']>): Promise<Reply> {
    return this.#world.send(...request);
  }

  /** Repeats a request until neither maintenance nor the rate limit refuses it. */
  async insist(...request: Parameters<World['send']>): Promise<Reply> {
    for (;;) {
      const reply = await this.ask(...request);
      if (reply.status !== 503 && reply.status !== 429) {
        if (reply.status >= 300) throw reply.failure('expected a success');
        return reply;
      }
      if (reply.status === 503 && reply.expectError(503, 'MAINTENANCE')) this.refused += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until a condition holds; the time limit of the test ends the wait. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, 20))]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }
}
