import { isoTime } from '@cloud-bridge/base';
import { Firestore } from 'firebase-admin/firestore';
import type Stripe from 'stripe';
import { compose, type Parts } from '../../../src/main/compose.ts';
import type { Config } from '../../../src/main/config.ts';
import { retryCreemEvents } from '../../../src/providers/creem/retryCreemEvents.ts';
import { retryFailedEvents } from '../../../src/providers/incoming/retryFailedEvents.ts';
import { reconcileStripeEvents } from '../../../src/providers/stripe/reconcileStripeEvents.ts';
import { pendingOrder } from '../../../src/sales/orders/order.fixtures.ts';
import type { Order } from '../../../src/sales/orders/order.ts';
import type { CheckoutProvider, CheckoutTruth } from '../../../src/sales/payments/paymentProvider.ts';
import { providerThrottled, providerUnavailable } from '../../../src/sales/payments/payments.errors.ts';
import { reconcileOrders } from '../../../src/sales/reconciliation/reconcileOrders.ts';
import { clearDatabase } from '../../support/clearDatabase.ts';
import { noUsers } from '../../support/noUsers.ts';
import { withPorts } from '../../support/withPorts.ts';

const ORDERS = 2_000;
/** Number of orders; more than one run can check. */
const FEWER_ORDERS = 700;
const HOUR_MS = 60 * 60 * 1000;
const BEGINNING_MS = Date.UTC(2026, 2, 14);
const projectId = process.env.GCLOUD_PROJECT ?? '';

let db: Firestore;
let nowMs: number;
let waits: number[];
let errors: Record<string, unknown>[];
let provider: SlowProvider;
let deps: Parts;

beforeAll(() => {
  db = new Firestore({ projectId });
});
beforeEach(async () => {
  await clearDatabase(projectId);
  nowMs = BEGINNING_MS;
  waits = [];
  errors = [];
  provider = new SlowProvider();
  const real = parts();
  const checkouts = provider as unknown as CheckoutProvider;
  deps = { ...real, providers: withPorts(real.providers, 'stripe', { checkouts }) };
});
afterAll(async () => {
  await clearDatabase(projectId);
  await db.terminate();
});

const LIMITS = {
  seconds: 300,
  concurrency: 10,
  wait: async (ms: number) => {
    expect(provider.underWay).toBe(0);
    waits.push(ms);
    nowMs += ms;
  },
};

function parts(): Parts {
  const unexpected = () => Promise.reject(new Error('unexpected request'));
  return compose({
    db,
    clock: () => isoTime(nowMs),
    config: { creemApiBaseUrl: null, deliveryUpstreamUrl: null, stripeTax: 'off', usdc: null } as Config,
    logger: { info: () => {}, warn: () => {}, error: (_message: string, fields = {}) => void errors.push(fields) },
    creemApiKey: () => '',
    creemWebhookSecrets: () => [],
    users: noUsers,
    stripe: unexpected,
    stripeWebhookSecrets: () => [],
    verifyIdToken: unexpected,
    webhookTasks: { enqueue: unexpected },
  } as unknown as Parameters<typeof compose>[0]);
}

/** A provider that takes a second for each answer, by a clock that each answer advances. */
class SlowProvider {
  readonly asked: string[] = [];
  underWay = 0;
  mostUnderWay = 0;
  paid = new Set<string>();
  failing = new Set<string>();
  /** Answers a number of requests with 429, starting with the given request. */
  throttledAt = Number.POSITIVE_INFINITY;
  throttledTimes = 0;

  async fetchCheckout(sessionId: string): Promise<CheckoutTruth> {
    const orderId = sessionId.replace('cs_', 'ord_');
    this.asked.push(orderId);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    await new Promise(setImmediate);
    nowMs += 1_000;
    this.underWay -= 1;
    if (this.asked.length >= this.throttledAt && this.throttledTimes > 0) {
      this.throttledTimes -= 1;
      throw providerThrottled(new Error('429'), '9');
    }
    if (this.failing.has(orderId)) throw providerUnavailable(new Error('no answer'));
    const origin = {
      kind: 'checkout',
      provider: 'stripe',
      orderId,
      metadata: {},
      providerSubscriptionId: null,
    } as const;
    const about = { ...origin, sessionId, unitAmountMinor: 999, discountMinor: 0, currency: 'usd' };
    if (!this.paid.has(orderId)) return { ...about, state: { status: 'open', lastPaymentError: null }, receipt: null };
    const receipt = { invoiceUrl: null, receiptUrl: null, paidAmountMinor: 999, taxAmountMinor: 0 };
    return { ...about, state: { status: 'paid', paymentId: `pi_${orderId}` }, receipt };
  }
}

const orderId = (index: number) => `ord_${String(index).padStart(32, '0')}`;
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => orderId(index));

/** Creates unpaid pages of all ages, a hundred at a time with the same creation time. */
async function abandonCheckouts(count: number): Promise<void> {
  const writer = db.bulkWriter();
  for (const [index, id] of idsOf(count).entries()) {
    const createdAt = isoTime(BEGINNING_MS - 20 * HOUR_MS + Math.floor(index / 150) * 1_000);
    const expiresAt = isoTime(BEGINNING_MS + 24 * HOUR_MS);
    const checkout = { sessionId: id.replace('ord_', 'cs_'), url: 'https://pay.example', expiresAt };
    const order: Order = { ...pendingOrder, id, accountId: `account${index % 100}`, createdAt, checkout };
    writer.create(db.doc(`orders/${id}`), { ...order });
  }
  await writer.close();
}

const cursorOf = async (name: string) => (await db.doc(`schedules/${name}`).get()).get('cursor') ?? null;
const sorted = (ids: Iterable<string>) => [...ids].sort();

/** Starts runs one after the other, until a run has reached the end. */
async function runUntilDone(): Promise<number[]> {
  const askedByRun: number[] = [];
  do {
    const before = provider.asked.length;
    await reconcileOrders(deps, LIMITS);
    askedByRun.push(provider.asked.length - before);
  } while ((await cursorOf('reconcileOrders')) !== null);
  return askedByRun;
}

it('checks 2,000 abandoned checkouts once each, over several runs and a few at a time', async () => {
  await abandonCheckouts(ORDERS);
  const last = orderId(ORDERS - 1);
  provider.paid.add(last);
  const askedByRun = await runUntilDone();
  // A run starts no check after its 300 seconds, in which its provider gives 300 answers.
  for (const asked of askedByRun) expect(asked).toBeLessThanOrEqual(LIMITS.seconds + LIMITS.concurrency);
  expect(askedByRun.length).toBeGreaterThan(5);
  expect(sorted(provider.asked)).toEqual(idsOf(ORDERS));
  expect(provider.mostUnderWay).toBe(10);
  expect((await db.doc(`orders/${last}`).get()).get('status')).toBe('paid');
});

it('skips orders that always fail, so that others don’t wait for them', async () => {
  await abandonCheckouts(FEWER_ORDERS);
  provider.failing = new Set(idsOf(350));
  await runUntilDone();
  expect(sorted(provider.asked)).toEqual(idsOf(FEWER_ORDERS));
  expect(errors[0]).toMatchObject({ orderId: expect.stringMatching(/^ord_/) });
});

it('pauses all requests after a 429 for as long as Stripe asks, and repeats the refused ones', async () => {
  await abandonCheckouts(FEWER_ORDERS);
  provider.throttledAt = 500;
  provider.throttledTimes = 3;
  await runUntilDone();
  expect(sorted(new Set(provider.asked))).toEqual(idsOf(FEWER_ORDERS));
  expect(waits.length).toBeGreaterThan(0);
  for (const ms of waits) expect(ms).toBeGreaterThanOrEqual(9_000);
});

it('leaves an order that Stripe keeps refusing for the next run, which continues there', async () => {
  await abandonCheckouts(FEWER_ORDERS);
  provider.throttledAt = 101;
  provider.throttledTimes = Number.POSITIVE_INFINITY;
  await reconcileOrders(deps, LIMITS);
  const cursor = await cursorOf('reconcileOrders');
  expect(cursor).toMatchObject({ id: orderId(99) });
  provider.throttledTimes = 0;
  provider.asked.length = 0;
  await reconcileOrders(deps, LIMITS);
  expect(provider.asked[0]).toBe(orderId(100));
});

it('gives each step its own cursor, so that other steps work while orders are left', async () => {
  await abandonCheckouts(FEWER_ORDERS);
  const event = { id: 'evt_old', type: 'checkout.completed', subject: null };
  await db.doc('creemEvents/evt_old').set({ ...event, receivedAt: isoTime(BEGINNING_MS - 40 * 24 * HOUR_MS) });
  await reconcileOrders(deps, LIMITS);
  const cursor = await cursorOf('reconcileOrders');
  expect(cursor).not.toBeNull();
  expect(await retryCreemEvents(deps, LIMITS)).toBe(1);
  expect(await cursorOf('reconcileOrders')).toEqual(cursor);
});

/** A stand-in for Stripe's list of events, in pages, latest first. */
function stripeListing(events: readonly Stripe.Event[]) {
  const list = async (query: Stripe.EventListParams) => {
    const matching = events.filter(
      ({ type, created }) => query.types?.includes(type) && created >= (query.created as { gte: number }).gte,
    );
    const start = query.starting_after ? matching.findIndex(({ id }) => id === query.starting_after) + 1 : 0;
    const data = matching.slice(start, start + (query.limit ?? 10));
    nowMs += 1_000;
    return { data, has_more: start + data.length < matching.length };
  };
  return async () => ({ events: { list } }) as unknown as Stripe;
}

it("continues with Stripe's events where the last run stopped, and leaves failed ones for the next round", async () => {
  const count = 700;
  const events = Array.from({ length: count }, (_, index) => ({
    id: `evt_${index}`,
    type: 'checkout.session.completed',
    created: BEGINNING_MS / 1000 - 600 - index,
    data: {
      object: {
        id: `cs_${orderId(index).slice(4)}`,
        object: 'checkout.session',
        metadata: { orderId: orderId(index) },
      },
    },
  })) as unknown as Stripe.Event[];
  deps = { ...deps, stripe: stripeListing(events) };
  provider.failing = new Set([orderId(650)]);
  const looks = async () => {
    let runs = 0;
    do {
      await reconcileStripeEvents(deps, LIMITS);
      runs += 1;
    } while ((await cursorOf('reconcileStripeEvents')) !== null);
    return runs;
  };
  expect(await looks()).toBe(3);
  expect(sorted(provider.asked)).toEqual(sorted(idsOf(count)));
  provider.asked.length = 0;
  provider.failing.clear();
  expect(await looks()).toBe(1);
  expect(provider.asked).toEqual([orderId(650)]);
  provider.asked.length = 0;
  await looks();
  expect(provider.asked).toEqual([]);
});

/** Creates events about Stripe's pages that could not be handled two days ago. */
async function failEvents(count: number): Promise<void> {
  const writer = db.bulkWriter();
  const failedSince = isoTime(BEGINNING_MS - 48 * HOUR_MS);
  for (const id of idsOf(count)) {
    const eventId = id.replace('ord_', 'evt_');
    const event = { provider: 'stripe', eventId, type: 'checkout.session.completed', outcome: 'failed' };
    const subject = { objectId: id.replace('ord_', 'cs_') };
    const failure = {
      ...event,
      subject,
      handledAt: failedSince,
      failedSince,
      error: { code: 'INTERNAL', message: '' },
    };
    writer.create(db.doc(`webhookFailures/stripe_${eventId}`), failure);
  }
  await writer.close();
}

it('retries failed events a few at a time over several runs, and makes all others wait after a 429', async () => {
  const count = 700;
  await failEvents(count);
  provider.failing = new Set(idsOf(3));
  provider.throttledAt = 400;
  provider.throttledTimes = 3;
  let runs = 0;
  do {
    await retryFailedEvents(deps, LIMITS);
    runs += 1;
  } while ((await cursorOf('retryFailedEvents')) !== null);
  expect(runs).toBeGreaterThan(1);
  expect(provider.mostUnderWay).toBe(10);
  expect(waits.length).toBeGreaterThan(0);
  expect(sorted(new Set(provider.asked))).toEqual(idsOf(count));
  const left = (await db.collection('webhookFailures').get()).docs.map((document) => document.get('eventId'));
  expect(sorted(left)).toEqual(idsOf(3).map((id) => id.replace('ord_', 'evt_')));
});
