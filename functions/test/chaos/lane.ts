import { once as happens } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { status } from '@grpc/grpc-js';
import type { Express } from 'express';
import { Firestore } from 'firebase-admin/firestore';
import Stripe from 'stripe';
import { SECRET_KEY, TestStripe, WEBHOOK_SECRET } from '../../../local/stripe/testing/TestStripe.ts';
import type { VerifyIdToken } from '../../src/accounts/verifyIdToken.ts';
import { composeDeps, type Deps, type Surroundings } from '../../src/deps.ts';
import { createStripeWebhookApp } from '../../src/payments/stripe/stripeWebhookApp.ts';
import { once } from '../../src/shared/once.ts';
import { isoTime } from '../../src/shared/time.ts';
import { FaultProxy } from '../support/faultProxy.ts';
import { FIRESTORE_URL } from '../support/suite.ts';
import type { Trouble } from './history.ts';

/** Long enough ago that nothing here depends on the present, and the same for every history. */
const BEGINNING_MS = Date.UTC(2026, 0, 10, 12);
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A world of its own: a local Stripe, a database, and two instances of the backend that share them, one of which reaches
 * the database through a proxy that can fail. Its time is its own, too. Histories take it in turn.
 */
export class Lane {
  readonly stripe: TestStripe;
  /** Stripe as the tests see it. */
  readonly client: Stripe;
  readonly db: Firestore;
  /** Two instances of the backend. */
  steady!: Instance;
  shaky!: Instance;
  /** What the instances logged as errors. */
  readonly errors: string[] = [];
  nowMs = BEGINNING_MS;
  readonly #projectId: string;
  readonly #proxy: FaultProxy;

  private constructor(stripe: TestStripe, proxy: FaultProxy, projectId: string) {
    this.stripe = stripe;
    this.#proxy = proxy;
    this.#projectId = projectId;
    const { hostname: host, port } = new URL(stripe.url);
    // Without retries, which wait: that a call fails after some is no other matter.
    this.client = new Stripe(SECRET_KEY, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
    this.db = new Firestore({ projectId });
  }

  static async open(name: string): Promise<Lane> {
    let lane: Lane | undefined;
    const stripe = await TestStripe.start({ nowMs: () => lane?.nowMs ?? BEGINNING_MS });
    const proxy = await FaultProxy.start(process.env.FIRESTORE_EMULATOR_HOST ?? '');
    // A project of its own: what reconciles looks at everything that there is.
    lane = new Lane(stripe, proxy, `demo-chaos-${name}`);
    lane.steady = await Instance.start(lane.#surroundings(lane.db));
    lane.shaky = await Instance.start(lane.#surroundings(proxy.connect(`demo-chaos-${name}`)));
    return lane;
  }

  /** An empty world at its beginning. */
  async clear(): Promise<void> {
    const { data: prices } = await this.client.prices.list({ limit: 1 });
    await this.stripe.control('POST', 'reset');
    // They remember the prices that they have made, which are gone. It takes its time, so only then.
    if (prices.length > 0) for (const instance of [this.steady, this.shaky]) instance.restart();
    this.stripe.receiver.deliveries.length = 0;
    this.errors.length = 0;
    this.nowMs = BEGINNING_MS;
    const path = `/emulator/v1/projects/${this.#projectId}/databases/(default)/documents`;
    const { ok } = await fetch(FIRESTORE_URL + path, { method: 'DELETE' });
    if (!ok) throw new Error('the database could not be cleared');
  }

  async close(): Promise<void> {
    await this.clear();
    for (const instance of [this.steady, this.shaky]) await instance.stop();
    await this.#proxy.stop();
    await this.stripe.stop();
  }

  passDays(days: number): void {
    this.nowMs += days * DAY_MS;
  }

  /** Does something at an instance that something goes wrong with; afterwards nothing does any more. */
  async during<T>(trouble: Trouble, work: (instance: Instance) => Promise<T>): Promise<T> {
    this.nowMs += 1_000;
    if (!trouble) return work(this.steady);
    if (trouble.at === 'stripe') {
      const { path, afterEffect, times = 1 } = trouble;
      await this.#control('faults', { path, afterEffect, times, status: 500 });
    } else {
      const { moment, skip, isFinal, times = 1 } = trouble;
      const kind = { status: isFinal ? status.PERMISSION_DENIED : status.UNAVAILABLE };
      this.#proxy.inject({ method: 'Commit', moment, skip, times, kind });
    }
    try {
      return await work(trouble.at === 'stripe' ? this.steady : this.shaky);
    } finally {
      await this.#proxy.heal();
      if (trouble.at === 'stripe') await this.#control('faults', { clear: true });
    }
  }

  /** What a bank does to a payment; false when it is in no state for that. */
  async move(paymentId: string, action: string): Promise<boolean> {
    const { status } = await this.stripe.control('POST', `payments/${paymentId}`, { action });
    if (status !== 200 && status !== 409) throw new Error(`${action} of ${paymentId}: ${status}`);
    return status === 200;
  }

  async #control(path: string, body: object): Promise<void> {
    const { status, body: answer } = await this.stripe.control('POST', path, body);
    if (status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  }

  #surroundings(db: Firestore): Surroundings {
    const log = { info: () => {}, warn: () => {} };
    return {
      db,
      clock: () => isoTime(this.nowMs),
      config: {
        allowedOrigins: ['https://shop.example'],
        catalogName: 'cloud-bridge',
        deliveryDeadlineSeconds: 20,
        deliveryUpstreamUrl: null,
        webhookTargets: 'public',
        stripeApiBaseUrl: this.stripe.url,
        stripeTax: 'off',
        usdc: null,
      },
      logger: { ...log, error: (message, fields) => this.errors.push(`${message} ${JSON.stringify(fields)}`) },
      stripe: async () => this.client,
      webhookTasks: { enqueue: async () => {} },
      deleteUser: () => Promise.reject(new Error('no account is deleted here')),
      stripeWebhookSecrets: () => [WEBHOOK_SECRET],
      verifyIdToken: nobodySignsIn,
    };
  }
}

/** One process of the backend: its parts, and its webhook function behind a real server. */
export class Instance {
  readonly #surroundings: Surroundings;
  // Who calls ends idle connections: a call on one that is just being closed would fail.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    this.#parts().webhookApp(request, response);
  });
  #parts!: () => { readonly deps: Deps; readonly webhookApp: Express };

  private constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.restart();
  }

  get deps(): Deps {
    return this.#parts().deps;
  }

  static async start(surroundings: Surroundings): Promise<Instance> {
    const instance = new Instance(surroundings);
    await happens(instance.#server.listen(0, '127.0.0.1'), 'listening');
    return instance;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** As a new process it remembers nothing. */
  restart(): void {
    this.#parts = once(() => {
      const deps = composeDeps(this.#surroundings);
      return { deps, webhookApp: createStripeWebhookApp(deps) };
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#surroundings.db.terminate();
  }
}

const nobodySignsIn: VerifyIdToken = () => Promise.reject(new Error('nobody signs in here'));
