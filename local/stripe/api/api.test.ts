import { TestStripe } from '../testing/testStripe.ts';

describe('the API', () => {
  let test: TestStripe;

  beforeAll(async () => {
    test = await TestStripe.start();
  });
  afterAll(() => test.stop());

  const form = (text: string): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: text,
  });

  describe('keys', () => {
    it('refuses a call with a wrong key, without showing the key in the error', async () => {
      const stranger = test.createClient({ key: 'sk_live_51ThisKeyBelongsToSomebody' });
      await expect(stranger.customers.list()).rejects.toMatchObject({
        statusCode: 401,
        rawType: 'invalid_request_error',
        message: expect.not.stringContaining('ThisKeyBelongs'),
      });
    });

    it('refuses a call without a key', async () => {
      const response = await fetch(`${test.url}/v1/customers`);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    });

    it('also accepts the key as the user name of Basic authentication', async () => {
      const authorization = `Basic ${Buffer.from('sk_test_of_the_tests:').toString('base64')}`;
      expect((await fetch(`${test.url}/v1/customers`, { headers: { authorization } })).status).toBe(200);
    });
  });

  describe('errors', () => {
    it.each([
      ['GET', '/v1/nothing'],
      ['PUT', '/v1/customers'],
      ['GET', '/v1/customers/'],
      ['GET', '/v2/core/events'],
      ['GET', '/'],
    ])('answers %s %s with a 404 and an error body', async (method, path) => {
      const response = await test.raw(path, { method });
      expect(response.status).toBe(404);
      expect(response.headers.get('request-id')).toMatch(/^req_/);
      expect(await response.json()).toEqual({
        error: { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` },
      });
    });

    it('names the unknown parameter', async () => {
      const call = test.openSession({ payment_method_types: ['card'] } as never);
      await expect(call).rejects.toMatchObject({
        statusCode: 400,
        code: 'parameter_unknown',
        param: 'payment_method_types',
        message: 'Received unknown parameter: payment_method_types',
      });
    });

    it('names the missing parameter', async () => {
      await expect(test.openSession({ success_url: undefined as never })).rejects.toMatchObject({
        statusCode: 400,
        code: 'parameter_missing',
        param: 'success_url',
      });
    });

    it('refuses operations and parameters of Stripe that the stand-in does not implement', async () => {
      await expect(test.api.creditNotes.list()).rejects.toThrow('does not implement it yet');
      await expect(test.openSession({ phone_number_collection: { enabled: true } })).rejects.toMatchObject({
        param: 'phone_number_collection',
        message: expect.stringContaining('does not implement it yet'),
      });
    });

    it('refuses a different API version', async () => {
      const response = await test.raw('/v1/customers', { headers: { 'stripe-version': '2020-08-27' } });
      expect(response.status).toBe(400);
    });

    it.each([
      ['JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
      ['a body nested without end', form(`a${'[a]'.repeat(100)}=1`)],
      ['a flood of parameters', form('a=1&'.repeat(5000))],
      ['broken escapes', form('name=%E0%A4%A')],
      ['a key of the prototype', form('__proto__[admin]=1')],
    ])('answers %s with an error', async (_name, init) => {
      const response = await test.raw('/v1/customers/cus_none', init);
      expect([400, 404]).toContain(response.status);
      expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    });

    it('answers a malformed path with an error', async () => {
      expect((await test.raw('/v1/customers/%E0%A4%A')).status).toBe(400);
    });

    it('refuses a body of more than a megabyte', async () => {
      const response = await test.raw('/v1/customers', form(`description=${'x'.repeat(1_100_000)}`));
      expect(response.status).toBe(413);
    });
  });

  describe('customers', () => {
    it('keeps the written fields, merges metadata, and clears a field that is set to an empty string', async () => {
      const { id } = await test.api.customers.create({ name: 'Ada', email: 'ada@example.com', metadata: { a: '1' } });
      await test.api.customers.update(id, { name: '', metadata: { b: '2' } });
      const customer = await test.api.customers.update(id, { metadata: { a: '' } });
      expect(customer).toMatchObject({ name: null, email: 'ada@example.com', metadata: { b: '2' } });
      expect(await test.api.customers.retrieve(id)).toEqual(expect.objectContaining({ id, metadata: { b: '2' } }));
    });

    it('emits an event with the previous attributes, unless an update changes nothing', async () => {
      const { id } = await test.api.customers.create({ name: 'Ada' });
      await test.api.customers.update(id, { name: 'Ada' });
      await test.api.customers.update(id, { name: 'Grace' });
      const { data } = await test.api.events.list({ type: 'customer.updated', limit: 1 });
      expect(data[0]?.data).toMatchObject({ object: { id, name: 'Grace' }, previous_attributes: { name: 'Ada' } });
      const updates = await test.api.events.list({ type: 'customer.updated' }).autoPagingToArray({ limit: 100 });
      expect(updates.filter((event) => (event.data.object as { id?: string }).id === id)).toHaveLength(1);
    });

    it('names the customer that does not exist', async () => {
      await expect(test.api.customers.retrieve('cus_none')).rejects.toMatchObject({
        statusCode: 404,
        code: 'resource_missing',
        message: "No such customer: 'cus_none'",
      });
    });

    it.each([
      ['an address that is none', { email: 'nobody' }, 'email'],
      ['a metadata value that is too long', { metadata: { note: 'x'.repeat(501) } }, 'metadata[note]'],
    ])('refuses %s', async (_name, params, param) => {
      await expect(test.api.customers.create(params)).rejects.toMatchObject({ statusCode: 400, param });
    });
  });

  describe('lists', () => {
    it('can be paged forwards and backwards without losing or repeating items', async () => {
      const created: string[] = [];
      for (let count = 0; count < 5; count += 1) {
        created.unshift((await test.api.customers.create({ email: 'list@example.com' })).id);
      }
      const list = (params: object) => test.api.customers.list({ email: 'list@example.com', limit: 2, ...params });
      const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
      const first = await list({});
      const second = await list({ starting_after: first.data[1]?.id });
      const third = await list({ starting_after: second.data[1]?.id });
      expect([first, second, third].flatMap(ids)).toEqual(created);
      expect([first, second, third].map(({ has_more }) => has_more)).toEqual([true, true, false]);
      expect(ids(await list({ ending_before: third.data[0]?.id }))).toEqual(ids(second));
      expect(await list({ limit: 10 }).autoPagingToArray({ limit: 100 })).toHaveLength(5);
    });

    it.each([
      ['a limit of 0', { limit: 0 }, 'limit'],
      ['a limit of 101', { limit: 101 }, 'limit'],
      ['a cursor that is not in the list', { starting_after: 'cus_none' }, 'starting_after'],
    ])('refuse %s', async (_name, params, param) => {
      await expect(test.api.customers.list(params)).rejects.toMatchObject({ statusCode: 400, param });
    });
  });

  describe('expansion', () => {
    it('expands fields at every requested depth, also inside lists', async () => {
      const paid = await test.paidSession();
      const session = await test.api.checkout.sessions.retrieve(paid.id, {
        expand: ['payment_intent.latest_charge.balance_transaction', 'line_items.data.price.product'],
      });
      expect(session).toMatchObject({
        payment_intent: {
          latest_charge: { status: 'succeeded', balance_transaction: { amount: 1000, currency: 'usd' } },
        },
        line_items: { data: [{ amount_total: 1000, price: { unit_amount: 1000, product: { name: 'Starter' } } }] },
      });
      const sessions = await test.api.checkout.sessions.list({ limit: 1, expand: ['data.payment_intent'] });
      expect(sessions.data[0]?.payment_intent).toMatchObject({ id: paid.payment_intent.id });
    });

    it.each(['amount_total', 'payment_intent.amount', 'nothing', 'payment_intent.nothing', 'a.b.c.d.e'])(
      'refuses %s, and the call has no effect',
      async (path) => {
        const before = await test.api.checkout.sessions.list({ limit: 1 });
        await expect(test.openSession({ expand: [path] })).rejects.toMatchObject({ statusCode: 400, param: 'expand' });
        expect((await test.api.checkout.sessions.list({ limit: 1 })).data[0]?.id).toBe(before.data[0]?.id);
      },
    );
  });

  describe('idempotency keys', () => {
    it('make repeated calls take effect once, even when both arrive at the same time', async () => {
      const options = { idempotencyKey: 'key-1' };
      const [one, two] = await Promise.all([
        test.api.customers.create({ name: 'Once' }, options),
        test.api.customers.create({ name: 'Once' }, options),
      ]);
      const three = await test.api.customers.create({ name: 'Once' }, options);
      expect(new Set([one.id, two.id, three.id]).size).toBe(1);
      expect(three.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true', 'idempotency-key': 'key-1' });
      expect(one.lastResponse.requestId).not.toBe(three.lastResponse.requestId);
    });

    it('also return the first answer if it was an error', async () => {
      const refund = () => test.api.refunds.create({ charge: 'ch_none' }, { idempotencyKey: 'key-2' });
      await expect(refund()).rejects.toMatchObject({ code: 'resource_missing' });
      await expect(refund()).rejects.toMatchObject({
        code: 'resource_missing',
        headers: expect.objectContaining({ 'idempotent-replayed': 'true' }),
      });
    });

    it('cannot be reused with different parameters or on a different endpoint', async () => {
      const options = { idempotencyKey: 'key-3' };
      const { id } = await test.api.customers.create({ name: 'First' }, options);
      const error = { statusCode: 400, rawType: 'idempotency_error' };
      await expect(test.api.customers.create({ name: 'Second' }, options)).rejects.toMatchObject(error);
      await expect(test.api.customers.update(id, { name: 'First' }, options)).rejects.toMatchObject(error);
    });

    it('are not remembered for a call that failed its checks', async () => {
      const options = { idempotencyKey: 'key-4' };
      await expect(test.api.customers.create({ nmae: 'Typo' } as never, options)).rejects.toThrow();
      expect(await test.api.customers.create({ name: 'Fixed' }, options)).toMatchObject({ name: 'Fixed' });
    });

    it('can have up to 255 characters', async () => {
      await test.api.customers.create({}, { idempotencyKey: 'k'.repeat(255) });
      await expect(test.api.customers.create({}, { idempotencyKey: 'k'.repeat(256) })).rejects.toThrow('255');
    });
  });

  it('names in each event the call that caused it', async () => {
    const customer = await test.api.customers.create({}, { idempotencyKey: 'key-5' });
    const { data } = await test.api.events.list({ types: ['customer.created'], limit: 1 });
    expect(data[0]).toMatchObject({
      livemode: false,
      request: { id: customer.lastResponse.requestId, idempotency_key: 'key-5' },
      data: { object: { id: customer.id } },
    });
    expect(await test.api.events.retrieve(data[0]?.id ?? '')).toEqual(expect.objectContaining({ id: data[0]?.id }));
  });
});
