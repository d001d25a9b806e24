import { TestStripe } from '../testing/testStripe.ts';
import type { Delivery } from './webhookQueue.ts';

describe('webhooks', () => {
  let test: TestStripe;

  beforeEach(async () => {
    test = await TestStripe.start();
  });
  afterEach(() => test.stop());

  const PAYMENT = [
    'payment_intent.created',
    'payment_intent.succeeded',
    'charge.succeeded',
    'checkout.session.completed',
  ];
  const deliveries = async () => (await test.control('GET', 'webhooks')).body.deliveries as Delivery[];

  it('arrive once, signed and in order', async () => {
    await test.paidSession();
    await test.flush();
    expect(test.receiver.types).toEqual(PAYMENT);
    expect(test.receiver.badSignatureCount).toBe(0);
  });

  it('are retried until they are answered with success, and each attempt is recorded', async () => {
    let failuresLeft = 3;
    test.receiver.respond = () => (failuresLeft-- > 0 ? 500 : 200);
    const customer = await test.api.customers.create();
    await test.flush();
    expect(test.receiver.types).toEqual(Array(4).fill('customer.created'));
    expect(new Set(test.receiver.events.map(({ id }) => id)).size).toBe(1);
    expect(await deliveries()).toEqual([
      {
        eventId: test.receiver.events[0]?.id,
        eventType: 'customer.created',
        state: 'delivered',
        attempts: 4,
        lastStatus: 200,
        lastResponseBody: '{"answered":200}',
        lastError: null,
      },
    ]);
    expect(test.receiver.events[0]?.data.object).toMatchObject({ id: customer.id });
  });

  it('fail after the last attempt, stay listed, and can be sent again', async () => {
    test.receiver.respond = () => 503;
    await test.api.customers.create();
    await test.flush();
    expect(await deliveries()).toMatchObject([{ state: 'failed', attempts: 5, lastStatus: 503 }]);
    test.receiver.respond = () => 200;
    const [event] = (await test.api.events.list()).data;
    await test.control('POST', 'webhooks/resend', { eventId: event?.id });
    await test.flush();
    expect((await deliveries()).at(-1)).toMatchObject({ eventId: event?.id, state: 'delivered' });
    expect(await test.api.events.retrieve(event?.id ?? '')).toMatchObject({ pending_webhooks: 0 });
  });

  it('that fail do not delay other webhooks', async () => {
    test.receiver.respond = ({ type }) => (type === 'payment_intent.created' ? 500 : 200);
    await test.paidSession();
    await test.flush();
    expect(test.receiver.types).toEqual(expect.arrayContaining(PAYMENT));
  });

  it('are retried when no server listens', async () => {
    const alone = await TestStripe.start({
      webhookUrl: 'http://127.0.0.1:9/',
      retry: { maxAttempts: 2, baseDelayMs: 1 },
    });
    await alone.api.customers.create();
    await alone.flush();
    expect((await alone.control('GET', 'webhooks')).body.deliveries).toMatchObject([
      { state: 'failed', attempts: 2, lastStatus: null, lastError: expect.any(String) },
    ]);
    await alone.stop();
  });

  it('are only recorded if no endpoint is set', async () => {
    const quiet = await TestStripe.start({ webhookUrl: undefined });
    await quiet.paidSession();
    expect((await quiet.control('GET', 'webhooks')).body).toMatchObject({ pending: 0, deliveries: [] });
    expect((await quiet.api.events.list()).data.map(({ type }) => type)).toEqual(PAYMENT.toReversed());
    await quiet.stop();
  });

  describe('with faults', () => {
    it('arrive several times', async () => {
      await test.control('POST', 'webhooks', { duplicate: 2 });
      await test.paidSession();
      await test.flush();
      expect(test.receiver.types).toEqual(PAYMENT.flatMap((type) => [type, type, type]));
      expect(new Set(test.receiver.events.map(({ id }) => id)).size).toBe(4);
    });

    it('can be sent several at a time', async () => {
      await test.control('POST', 'webhooks', { duplicate: true, concurrency: 2 });
      const bothArrived = Promise.withResolvers<number>();
      test.receiver.respond = () => {
        if (test.receiver.events.length === 2) bothArrived.resolve(200);
        return bothArrived.promise;
      };
      await test.api.customers.create();
      await test.flush();
      expect(test.receiver.types).toEqual(['customer.created', 'customer.created']);
    });

    it('arrive in a different order, and none is lost', async () => {
      await test.control('POST', 'webhooks', { shuffle: true });
      await test.paidSession();
      await test.flush();
      expect(test.receiver.types).not.toEqual(PAYMENT);
      expect(test.receiver.types.toSorted()).toEqual(PAYMENT.toSorted());
    });

    it('are delayed', async () => {
      await test.control('POST', 'webhooks', { delayMs: 600_000 });
      await test.api.customers.create();
      expect(await test.control('POST', 'webhooks/flush', { timeoutMs: 20 })).toMatchObject({ status: 504 });
      expect(await deliveries()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
      expect(test.receiver.events).toEqual([]);
    });

    it.each([
      ['the next two', 2, PAYMENT.slice(2)],
      ['all', true, []],
      ['those of a type', ['checkout.session.completed'], PAYMENT.slice(0, 3)],
    ])('are dropped: %s', async (_name, drop, arrived) => {
      await test.control('POST', 'webhooks', { drop });
      await test.paidSession();
      await test.flush();
      expect(test.receiver.types).toEqual(arrived);
      expect((await test.api.events.list()).data).toHaveLength(4);
    });

    it('are delivered normally after a reset', async () => {
      await test.control('POST', 'webhooks', { drop: true, duplicate: 3 });
      await test.control('POST', 'webhooks', { reset: true });
      await test.api.customers.create();
      await test.flush();
      expect(test.receiver.types).toEqual(['customer.created']);
    });
  });
});
