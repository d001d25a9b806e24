import { randomUUID } from 'node:crypto';
import { type Idempotency, IdempotencyKey, isoTime } from '@cloud-bridge/base';
import { Firestore } from 'firebase-admin/firestore';
import type Stripe from 'stripe';
import { compose, type Parts } from '../../../src/main/compose.ts';
import type { AccountCaller } from '../../../src/platform/http/caller.ts';
import { reconcileStripeEvents } from '../../../src/providers/stripe/reconcileStripeEvents.ts';
import { createStripeClient } from '../../../src/providers/stripe/stripeClient.ts';
import { ensureCustomer } from '../../../src/sales/customers/ensureCustomer.ts';
import type { Order } from '../../../src/sales/orders/order.ts';
import { reconcileOrders } from '../../../src/sales/reconciliation/reconcileOrders.ts';
import { reconcileSubscriptions } from '../../../src/sales/reconciliation/reconcileSubscriptions.ts';
import { silentLogger } from '../../support/silentLogger.ts';
import { HOSTING_URL, STRIPE_SECRET_KEY, STRIPE_URL } from '../../support/suite.ts';
import { OFFLINE, OFFLINE_CONFIG } from '../../support/surroundings.ts';

/**
 * Stripe itself with `npm run test:stripe`; else the local one. Never what a developer's environment happens to have.
 */
const { TESTED_STRIPE_KEY = STRIPE_SECRET_KEY, TESTED_STRIPE_URL = STRIPE_URL } = process.env;
/** A database of its own: what is here is told of by nobody but Stripe's list of events. */
const PROJECT = 'demo-stripe-itself';
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;

const HERE = `${HOSTING_URL}/`;
export const PAGE = { successUrl: HERE, cancelUrl: HERE, currency: 'usd', provider: 'stripe' } as const;

/** The backend's use cases on an empty database, with a Stripe that can be reached but can't reach us. */
export class Shop {
  readonly stripe: Stripe = createStripeClient(TESTED_STRIPE_KEY, TESTED_STRIPE_URL);
  readonly db = new Firestore({ projectId: PROJECT });
  readonly deps: Parts;
  #aheadMs = 0;

  constructor() {
    this.deps = compose({
      ...OFFLINE,
      db: this.db,
      clock: () => isoTime(Date.now() + this.#aheadMs),
      config: { ...OFFLINE_CONFIG, allowedOrigins: [HOSTING_URL], stripeApiBaseUrl: TESTED_STRIPE_URL },
      logger: silentLogger,
      stripe: async () => this.stripe,
    });
  }

  /** What happened on the Stripe account before is not looked at. */
  async open(): Promise<void> {
    await this.deps.incomingEvents.writeReadUntil('stripe', this.deps.clock());
  }

  async close(): Promise<void> {
    await this.db.terminate();
  }

  /** Lets the backend believe that days have passed. */
  passDays(days: number): void {
    this.#aheadMs += days * DAY_MS;
  }

  async newCustomer(card?: string): Promise<Customer> {
    const accountId = `stripe-itself-${randomUUID()}`;
    await this.deps.accounts.ensure({ id: accountId, email: null }, this.deps.clock());
    const customer = new Customer(this, accountId, await ensureCustomer(this.deps, accountId));
    if (card) await customer.saveCard(card);
    return customer;
  }

  /** Runs what the scheduled function runs until something is so: Stripe lists an event when it has come to it. */
  async reconcileUntil<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      await reconcileStripeEvents(this.deps);
      await reconcileOrders(this.deps);
      await reconcileSubscriptions(this.deps);
      const found = await look();
      if (found) return found;
      if (performance.now() > deadline) throw new Error(`after ${PATIENCE_MS / 1000} s it is still not so`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  /** The order, once it has a status. */
  orderOnceIt(is: Order['status'], orderId: string): Promise<Order> {
    return this.reconcileUntil(async () => {
      const order = await this.deps.orders.find(orderId);
      return order?.status === is && order;
    });
  }
}

/** Somebody with an account here and a customer at Stripe. */
export class Customer {
  readonly shop: Shop;
  readonly caller: AccountCaller;
  readonly customerId: string;

  constructor(shop: Shop, accountId: string, customerId: string) {
    this.shop = shop;
    this.caller = { kind: 'account', accountId, via: 'idToken', isAdmin: false };
    this.customerId = customerId;
  }

  get accountId(): string {
    return this.caller.accountId;
  }

  /** Saves one of Stripe's test cards and makes it the default; gives its id. */
  async saveCard(card: string): Promise<string> {
    const { stripe } = this.shop;
    const { id } = await stripe.paymentMethods.attach(card, { customer: this.customerId });
    await stripe.customers.update(this.customerId, { invoice_settings: { default_payment_method: id } });
    return id;
  }

  async availableCredits(walletId = 'main'): Promise<number> {
    const address = { accountId: this.accountId, walletId };
    return (await this.shop.deps.wallets.read(address, this.shop.deps.clock())).availableCredits;
  }
}

/** A request that can be repeated. */
export function newKey(): Idempotency {
  return { key: new IdempotencyKey(randomUUID()), requestHash: 'the same' };
}
