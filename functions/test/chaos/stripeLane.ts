import Stripe from 'stripe';
import { SECRET_KEY, TestStripe, WEBHOOK_SECRET } from '../../../local/stripe/testing/testStripe.ts';
import { HANDLED_EVENT_TYPES } from '../../src/providers/stripe/handleStripeEvent.ts';
import { createStripeWebhookApp } from '../../src/providers/stripe/stripeWebhookApp.ts';
import type { FaultProxy } from '../support/faultProxy.ts';
import { STRIPE_PATHS } from './history.ts';
import { BEGINNING_MS, Lane, type SentEvent } from './lane.ts';
import type { ProviderTrouble } from './trouble.ts';

/** A world with a local Stripe. */
export class StripeLane extends Lane {
  readonly provider = 'stripe';
  readonly signatureHeader = 'stripe-signature';
  readonly troublePaths = STRIPE_PATHS;
  readonly stripe: TestStripe;
  /** A client of the local Stripe for the test itself. */
  readonly client: Stripe;

  private constructor(stripe: TestStripe, proxy: FaultProxy, projectId: string) {
    super(proxy, projectId);
    this.stripe = stripe;
    const { hostname: host, port } = new URL(stripe.url);
    // Without retries, because they wait. A call that fails after retries is no different case.
    this.client = new Stripe(SECRET_KEY, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
  }

  static async open(name: string): Promise<StripeLane> {
    let lane: StripeLane | undefined;
    const stripe = await TestStripe.start({ nowMs: () => lane?.nowMs ?? BEGINNING_MS });
    lane = new StripeLane(stripe, await Lane.startProxy(), `demo-chaos-${name}`);
    const { client } = lane;
    await lane.startInstances({
      config: { creemApiBaseUrl: null, stripeApiBaseUrl: stripe.url },
      secrets: {
        creemApiKey: () => '',
        creemWebhookSecrets: () => [],
        stripe: async () => client,
        stripeWebhookSecrets: () => [WEBHOOK_SECRET],
      },
      createWebhookApp: createStripeWebhookApp,
    });
    return lane;
  }

  async sentEvents(): Promise<readonly SentEvent[]> {
    await this.stripe.flush();
    return this.stripe.receiver.deliveries.map(({ event: { id, type }, body, signature }) => {
      return { id, type, body, signature };
    });
  }

  isHandled(type: string): boolean {
    return (HANDLED_EVENT_TYPES as readonly string[]).includes(type);
  }

  /** Changes a payment as a bank does. Returns false when the payment's state doesn't allow the change. */
  async move(paymentId: string, action: string): Promise<boolean> {
    const { status } = await this.stripe.control('POST', `payments/${paymentId}`, { action });
    if (status !== 200 && status !== 409) throw new Error(`${action} of ${paymentId}: ${status}`);
    return status === 200;
  }

  protected failProvider({ path, afterEffect, times = 1 }: ProviderTrouble): Promise<void> {
    return this.#control('faults', { path, afterEffect, times, status: 500 });
  }

  protected healProvider(): Promise<void> {
    return this.#control('faults', { clear: true });
  }

  protected async clearProvider(): Promise<void> {
    const { data: prices } = await this.client.prices.list({ limit: 1 });
    await this.stripe.control('POST', 'reset');
    // Instances cache prices, which the reset has deleted. Restarting is slow, so it happens only in this case.
    if (prices.length > 0) for (const instance of [this.steady, this.shaky]) instance.restart();
    this.stripe.receiver.deliveries.length = 0;
  }

  protected stopProvider(): Promise<void> {
    return this.stripe.stop();
  }

  async #control(path: string, body: object): Promise<void> {
    const { status, body: answer } = await this.stripe.control('POST', path, body);
    if (status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  }
}
