import { controlHeaders } from '../../controlToken.ts';
import { type Stripe, StripeSdk } from '../installedStripe.ts';
import { createLocalStripe, type LocalStripe, type LocalStripeOptions } from '../server.ts';
import { WebhookReceiver } from './webhookReceiver.ts';

export const SECRET_KEY = 'sk_test_of_the_tests';
export const WEBHOOK_SECRET = 'whsec_of_the_tests';
const CONTROL_TOKEN = 'token of the tests';

// The first call of each kind compiles its part of the contract, which takes seconds on a busy machine.
jest.setTimeout(30_000);

/** A local Stripe for tests: it listens on a free port, with a client of the real SDK and an endpoint for webhooks. */
export class TestStripe {
  readonly receiver = new WebhookReceiver(WEBHOOK_SECRET);
  /** Base URL of the local Stripe. */
  url = '';
  /** The SDK's client, without retries. */
  api!: Stripe;
  #port = 0;
  #localStripe!: LocalStripe;

  static async start(options: Partial<LocalStripeOptions> = {}): Promise<TestStripe> {
    const test = new TestStripe();
    test.#localStripe = createLocalStripe({
      secretKey: SECRET_KEY,
      controlToken: CONTROL_TOKEN,
      webhookSecret: WEBHOOK_SECRET,
      webhookUrl: await test.receiver.start(),
      retry: { baseDelayMs: 1, maxDelayMs: 4, maxAttempts: 5 },
      ...options,
    });
    test.#port = await test.#localStripe.start(0);
    test.url = `http://127.0.0.1:${test.#port}`;
    test.api = test.createClient();
    return test;
  }

  /** Stops everything; fails the test if the stand-in has broken the contract or got a bad signature. */
  async stop(): Promise<void> {
    await this.#localStripe.stop();
    await this.receiver.stop();
    expect(this.#localStripe.violations.map(({ message }) => message)).toEqual([]);
    expect(this.receiver.badSignatureCount).toBe(0);
  }

  createClient(config: { key?: string; maxNetworkRetries?: number; timeout?: number } = {}): Stripe {
    const { key = SECRET_KEY, ...others } = config;
    return new StripeSdk(key, {
      host: '127.0.0.1',
      port: this.#port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      ...others,
    });
  }

  /** Sends an API request without the SDK, with a valid key. */
  raw(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, {
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${SECRET_KEY}`, ...init.headers },
    });
  }

  /** Sends a control request; returns the status and the decoded body. */
  async control(
    method: 'GET' | 'POST',
    path: string,
    body?: object | string,
    headers = controlHeaders(CONTROL_TOKEN),
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.url}/_local/${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Waits until every webhook is delivered or has failed for good. */
  async flush(): Promise<void> {
    expect(await this.control('POST', 'webhooks/flush', { timeoutMs: 60_000 })).toMatchObject({ status: 200 });
  }

  /** Opens a session with one line. */
  openSession(params: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<Stripe.Checkout.Session> {
    return this.api.checkout.sessions.create({
      mode: 'payment',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'Starter' } } },
      ],
      success_url: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/cart',
      ...params,
    });
  }

  /** Submits the form of a session's page. */
  submit(sessionId: string, outcome: string, fields: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/c/pay/${sessionId}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ outcome, ...fields }),
    });
  }

  /** Opens and pays a session; returns the session with its payment expanded. */
  async paidSession(
    params?: Partial<Stripe.Checkout.SessionCreateParams>,
  ): Promise<Stripe.Checkout.Session & { payment_intent: Stripe.PaymentIntent }> {
    const { id } = await this.openSession(params);
    expect((await this.submit(id, 'pay')).status).toBe(303);
    const session = await this.api.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    return session as typeof session & { payment_intent: Stripe.PaymentIntent };
  }
}
