import { TestStripe } from '../testing/testStripe.ts';

describe('control endpoints', () => {
  let test: TestStripe;

  beforeEach(async () => {
    test = await TestStripe.start();
  });
  afterEach(() => test.stop());

  describe('faults of the API', () => {
    it.each([
      [500, 'api_error'],
      [429, 'rate_limit_error'],
      [402, 'card_error'],
    ])('answer as many calls as ordered with %i and Stripe’s error body, without effect', async (status) => {
      await test.control('POST', 'faults', { method: 'POST', path: '/v1/customers', status, times: 2 });
      for (let count = 0; count < 2; count += 1) {
        await expect(test.api.customers.create()).rejects.toMatchObject({ statusCode: status });
      }
      expect((await test.api.customers.list()).data).toEqual([]);
      await test.api.customers.create();
    });

    it('hit only calls with their method and path', async () => {
      await test.control('POST', 'faults', { path: '/v1/customers/*', status: 500, times: 100 });
      const { id } = await test.api.customers.create();
      await expect(test.api.customers.retrieve(id)).rejects.toMatchObject({ statusCode: 500 });
      await test.control('POST', 'faults', { clear: true });
      expect(await test.api.customers.retrieve(id)).toMatchObject({ id });
    });

    it('break the connection', async () => {
      // Two faults are needed: the SDK treats the first broken connection as a stale connection and retries by itself.
      await test.control('POST', 'faults', { path: '/v1/customers', reset: true, times: 2 });
      await expect(test.api.customers.create()).rejects.toMatchObject({ type: 'StripeConnectionError' });
      expect((await test.api.customers.list()).data).toEqual([]);
    });

    it('leave the caller waiting until its timeout', async () => {
      await test.control('POST', 'faults', { path: '/v1/customers', hang: true });
      const impatient = test.createClient({ timeout: 100 });
      await expect(impatient.customers.create()).rejects.toMatchObject({ type: 'StripeConnectionError' });
    });

    it('lose the answer to a successful call, and a retry with the idempotency key gets the answer', async () => {
      await test.control('POST', 'faults', { path: '/v1/customers', reset: true, afterEffect: true });
      const retrying = test.createClient({ maxNetworkRetries: 1 });
      const customer = await retrying.customers.create({ name: 'Once' }, { idempotencyKey: 'key-1' });
      expect(customer.lastResponse.headers['idempotent-replayed']).toBe('true');
      expect((await test.api.customers.list()).data).toHaveLength(1);
    });
  });

  it('forget everything on a reset', async () => {
    await test.paidSession();
    await test.control('POST', 'faults', { path: '/v1/customers', status: 500, times: 5 });
    await test.control('POST', 'webhooks', { drop: true });
    await test.control('POST', 'reset');
    expect((await test.api.events.list()).data).toEqual([]);
    expect((await test.api.customers.list()).data).toEqual([]);
    expect((await test.control('GET', 'webhooks')).body).toMatchObject({
      pending: 0,
      deliveries: [],
      faults: { drop: 0 },
    });
  });

  it('list the operations that were called', async () => {
    await test.paidSession();
    await expect(test.api.customers.retrieve('cus_none')).rejects.toThrow();
    const { body } = await test.control('GET', 'operations');
    expect(body).toEqual({
      operations: [
        { operation: 'GET /v1/checkout/sessions/{id}', operationId: 'SessionResource.retrieve', count: 1 },
        { operation: 'GET /v1/customers/{id}', operationId: 'CustomerResource.retrieve', count: 1 },
        { operation: 'POST /v1/checkout/sessions', operationId: 'SessionResource.create', count: 1 },
      ],
      violations: [],
    });
  });

  it.each([
    ['webhooks', { delayMs: 'soon' }, 'delayMs'],
    ['webhooks', { duplicate: -1 }, 'duplicate'],
    ['webhooks', { suffle: true }, 'suffle'],
    ['webhooks/flush', { timeoutMs: -1 }, 'timeoutMs'],
    ['webhooks/resend', {}, 'eventId'],
    ['payments/pi_1', { action: 'steal' }, 'action'],
    ['payments/pi_1', {}, 'action'],
    ['faults', { status: 500 }, 'path'],
    ['faults', { path: '/v1/refunds' }, 'status'],
    ['faults', { path: '/v1/refunds', status: 200 }, 'status'],
    ['faults', { path: '/v1/refunds', hang: true, reset: true }, 'status'],
    ['clock/advance', { seconds: -1 }, 'seconds'],
  ])('name the invalid field of %s %j', async (path, body, field) => {
    expect(await test.control('POST', path, body)).toMatchObject({ status: 400, body: { error: { field } } });
  });

  it.each([{}, { 'x-suite-token': '' }, { 'x-suite-token': 'another' }])(
    'are refused without the token and have no effect: %j',
    async (headers: Record<string, string>) => {
      const session = await test.openSession();
      expect(await test.control('POST', 'reset', {}, headers)).toMatchObject({ status: 401 });
      expect((await test.api.checkout.sessions.retrieve(session.id)).id).toBe(session.id);
    },
  );

  it('refuse an unknown path, an unknown event, and a body that is not JSON', async () => {
    expect(await test.control('POST', 'nothing')).toMatchObject({ status: 404 });
    expect(await test.control('POST', 'webhooks', '{')).toMatchObject({ status: 400 });
    expect(await test.control('POST', 'webhooks/resend', { eventId: 'evt_none' })).toMatchObject({ status: 404 });
  });

  it('are reachable only from this machine', () => {
    expect(test.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });
});
