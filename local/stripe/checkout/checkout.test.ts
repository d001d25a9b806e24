import { TestStripe } from '../testing/testStripe.ts';

describe('Checkout', () => {
  let test: TestStripe;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.now();
    test = await TestStripe.start({ nowMs: () => nowMs });
  });
  afterEach(() => test.stop());

  const chargeCount = async () => (await test.api.charges.list()).data.filter(({ paid }) => paid).length;

  describe('opening a session', () => {
    it('sums up the lines and keeps the data that the shop attached', async () => {
      const customer = await test.api.customers.create({ email: 'ada@example.com' });
      const session = await test.openSession({
        customer: customer.id,
        client_reference_id: 'account-1',
        metadata: { orderId: 'order-1' },
        line_items: [
          { quantity: 3, price_data: { currency: 'eur', unit_amount: 250, product_data: { name: 'Credits' } } },
          { quantity: 1, price_data: { currency: 'eur', unit_amount: 0, product_data: { name: 'Gift' } } },
        ],
      });
      expect(session).toMatchObject({
        id: expect.stringMatching(/^cs_test_\w{40,}$/),
        url: `${test.url}/c/pay/${session.id}`,
        status: 'open',
        payment_status: 'unpaid',
        payment_intent: null,
        amount_total: 750,
        currency: 'eur',
        customer: customer.id,
        client_reference_id: 'account-1',
        metadata: { orderId: 'order-1' },
      });
      const lines = await test.api.checkout.sessions.listLineItems(session.id, { limit: 1 });
      expect(lines).toMatchObject({
        has_more: true,
        data: [{ quantity: 3, amount_total: 750, description: 'Credits' }],
      });
    });

    const withPrice = (price: object, quantity = 1) => ({
      line_items: [
        { quantity, price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'X' }, ...price } },
      ],
    });
    const unitAmount = 'line_items[0][price_data][unit_amount]';
    it.each([
      ['less than the minimum', withPrice({ unit_amount: 49 }), { code: 'amount_too_small' }],
      ['nothing to pay', withPrice({ unit_amount: 0 }), { code: 'amount_too_small' }],
      ['a negative price', withPrice({ unit_amount: -1 }), { code: 'parameter_invalid_integer', param: unitAmount }],
      ['a fraction of a cent', withPrice({ unit_amount: 10.5 }), { param: unitAmount }],
      ['more than the maximum', withPrice({ unit_amount: 100_000_000 }), { code: 'amount_too_large' }],
      ['a maximum exceeded by quantity', withPrice({ unit_amount: 10_000_000 }, 10), { code: 'amount_too_large' }],
      ['a quantity of 0', withPrice({}, 0), { param: 'line_items[0][quantity]' }],
      ['an unknown currency', withPrice({ currency: 'xyz' }), { param: 'line_items[0][price_data][currency]' }],
      ['a product without a name', withPrice({ product_data: { name: '' } }), { code: 'parameter_invalid_empty' }],
      ['no lines', { line_items: [] }, { param: 'line_items' }],
      ['no mode', { mode: undefined as never }, { code: 'parameter_missing', param: 'mode' }],
      ['a page that is no URL', { success_url: 'thanks' }, { code: 'url_invalid', param: 'success_url' }],
      ['a page with a script', { success_url: 'javascript:alert(1)' }, { code: 'url_invalid', param: 'success_url' }],
      ['an unknown customer', { customer: 'cus_none' }, { code: 'resource_missing', param: 'customer' }],
      ['an end too soon', { expires_at: Math.floor(Date.now() / 1000) + 60 }, { param: 'expires_at' }],
      ['an end too late', { expires_at: Math.floor(Date.now() / 1000) + 90_000 }, { param: 'expires_at' }],
      [
        'two currencies',
        { line_items: [...withPrice({}).line_items, ...withPrice({ currency: 'eur' }).line_items] },
        { param: 'line_items' },
      ],
    ])('refuses %s', async (_name, params, error) => {
      await expect(test.openSession(params)).rejects.toMatchObject({ statusCode: 400, ...error });
    });
  });

  describe('the page', () => {
    it('shows the product, the amount, and a note that no real money moves', async () => {
      const session = await test.openSession({
        line_items: [
          { quantity: 2, price_data: { currency: 'jpy', unit_amount: 1500, product_data: { name: 'Pack' } } },
        ],
      });
      const response = await fetch(session.url ?? '');
      const page = await response.text();
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page).toContain('Pack');
      expect(page).toContain('¥3,000');
      expect(page).toContain('no real money');
    });

    it("escapes the shop's texts and loads nothing from other servers", async () => {
      const session = await test.openSession({
        line_items: [
          {
            quantity: 1,
            price_data: { currency: 'usd', unit_amount: 500, product_data: { name: '<img src=x onerror="alert(1)">' } },
          },
        ],
      });
      const response = await fetch(session.url ?? '');
      const page = await response.text();
      expect(page).not.toContain('<img');
      expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    });

    it('is a 404 for an unknown session', async () => {
      expect((await test.submit('cs_test_none', 'pay')).status).toBe(404);
      expect((await fetch(`${test.url}/c/pay/cs_test_none`)).status).toBe(404);
    });

    it('refuses an unknown outcome, and changes nothing', async () => {
      const { id } = await test.openSession();
      for (const outcome of ['', 'steal', 'constructor']) expect((await test.submit(id, outcome)).status).toBe(400);
      expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open', payment_intent: null });
    });
  });

  describe('paying', () => {
    it('charges, completes the session, and sends the payer to the success page', async () => {
      const { id } = await test.openSession({
        payment_intent_data: { metadata: { orderId: 'order-1' }, description: 'Credits' },
      });
      const response = await test.submit(id, 'pay', { email: 'ada@example.com' });
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe(`https://shop.example/thanks?session=${id}`);
      const session = await test.api.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] });
      expect(session).toMatchObject({
        status: 'complete',
        payment_status: 'paid',
        url: null,
        customer_details: { email: 'ada@example.com' },
        payment_intent: {
          status: 'succeeded',
          amount_received: 1000,
          metadata: { orderId: 'order-1' },
          description: 'Credits',
          latest_charge: { paid: true, captured: true, amount: 1000, metadata: { orderId: 'order-1' } },
        },
      });
    });

    it('emits the events in order, each with the object in its state at that time', async () => {
      const { id } = await test.openSession({ metadata: { orderId: 'order-1' } });
      await test.submit(id, 'pay');
      await test.api.refunds.create({ payment_intent: (await test.api.paymentIntents.list()).data[0]?.id ?? '' });
      await test.flush();
      expect(test.receiver.types.slice(0, 4)).toEqual([
        'payment_intent.created',
        'payment_intent.succeeded',
        'charge.succeeded',
        'checkout.session.completed',
      ]);
      expect(test.receiver.events.map(({ data }) => (data.object as { status?: string }).status).slice(0, 4)).toEqual([
        'requires_payment_method',
        'succeeded',
        'succeeded',
        'complete',
      ]);
      expect(test.receiver.events[2]?.data.object).toMatchObject({ refunded: false, amount_refunded: 0 });
      expect(test.receiver.events[3]?.data.object).toMatchObject({
        id,
        payment_status: 'paid',
        metadata: { orderId: 'order-1' },
      });
    });

    it('the same session twice charges once', async () => {
      const { id } = await test.openSession();
      await test.submit(id, 'pay');
      const again = await test.submit(id, 'pay');
      expect(again.status).toBe(409);
      expect(await again.text()).toContain('not charged again');
      expect(await chargeCount()).toBe(1);
    });

    it('a session in many windows at the same time charges once', async () => {
      const { id } = await test.openSession();
      const responses = await Promise.all(Array.from({ length: 8 }, () => test.submit(id, 'pay')));
      expect(responses.map(({ status }) => status).sort()).toEqual([303, ...Array(7).fill(409)]);
      expect(await chargeCount()).toBe(1);
      await test.flush();
      expect(test.receiver.types.filter((type) => type === 'checkout.session.completed')).toHaveLength(1);
    });

    it('creates a customer if the session asks for one, and saves the card if the session allows it', async () => {
      const paid = await test.paidSession({
        customer_creation: 'always',
        customer_email: 'new@example.com',
        payment_intent_data: { setup_future_usage: 'off_session' },
      });
      const customer = await test.api.customers.retrieve(String(paid.customer));
      expect(customer).toMatchObject({ email: 'new@example.com' });
      const method = await test.api.paymentMethods.retrieve(String(paid.payment_intent.payment_method));
      expect(method).toMatchObject({ customer: customer.id, card: { last4: '4242' } });
    });
  });

  describe('a declined card', () => {
    it('leaves the session open and shows the reason, and a working card can pay afterwards', async () => {
      const { id } = await test.openSession();
      const response = await test.submit(id, 'decline');
      expect(response.status).toBe(402);
      expect(await response.text()).toContain('Your card was declined.');
      const declined = await test.api.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
      expect(declined).toMatchObject({
        status: 'open',
        payment_status: 'unpaid',
        payment_intent: {
          status: 'requires_payment_method',
          amount_received: 0,
          last_payment_error: { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline' },
        },
      });
      expect(await chargeCount()).toBe(0);

      expect((await test.submit(id, 'pay')).status).toBe(303);
      const paid = await test.api.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
      expect(paid.payment_intent).toMatchObject({
        id: (declined.payment_intent as { id: string }).id,
        status: 'succeeded',
        last_payment_error: null,
      });
      await test.flush();
      expect(test.receiver.types).toEqual([
        'payment_intent.created',
        'charge.failed',
        'payment_intent.payment_failed',
        'payment_intent.succeeded',
        'charge.succeeded',
        'checkout.session.completed',
      ]);
    });
  });

  describe('3-D Secure', () => {
    it('charges only after the customer authenticates', async () => {
      const { id } = await test.openSession();
      const challenge = await test.submit(id, 'authenticate');
      expect(await challenge.text()).toContain('3-D Secure');
      const waiting = await test.api.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
      expect(waiting).toMatchObject({ status: 'open', payment_intent: { status: 'requires_action' } });
      expect(await chargeCount()).toBe(0);
      expect((await test.submit(id, 'complete')).status).toBe(303);
      expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ payment_status: 'paid' });
    });

    it('that fails charges nothing and leaves the session open', async () => {
      const { id } = await test.openSession();
      await test.submit(id, 'authenticate');
      const response = await test.submit(id, 'fail');
      expect(response.status).toBe(402);
      expect(await response.text()).toContain('unable to authenticate');
      expect(await test.api.charges.list()).toMatchObject({ data: [] });
      expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    });

    it('cannot be completed if it was never started', async () => {
      const { id } = await test.openSession();
      expect((await test.submit(id, 'complete')).status).toBe(409);
      expect((await test.submit(id, 'fail')).status).toBe(409);
      expect(await chargeCount()).toBe(0);
    });
  });

  describe('a delayed payment', () => {
    it.each(['usd', 'eur', 'gbp'])(
      'in %s completes the session unpaid, and the session is paid when the debit settles',
      async (currency) => {
        const { id } = await test.openSession({
          line_items: [{ quantity: 1, price_data: { currency, unit_amount: 1000, product_data: { name: 'Pack' } } }],
        });
        expect((await test.submit(id, 'delayed')).headers.get('location')).toContain(id);
        const unpaid = await test.api.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
        expect(unpaid).toMatchObject({
          status: 'complete',
          payment_status: 'unpaid',
          payment_intent: { status: 'processing', amount_received: 0 },
        });
        const settled = await test.control('POST', `payments/${id}`, { action: 'settle' });
        expect(settled).toMatchObject({ status: 200, body: { status: 'succeeded' } });
        expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ payment_status: 'paid' });
        await test.flush();
        expect(test.receiver.types).toEqual([
          'payment_intent.created',
          'charge.pending',
          'payment_intent.processing',
          'checkout.session.completed',
          'payment_intent.succeeded',
          'charge.succeeded',
          'checkout.session.async_payment_succeeded',
        ]);
      },
    );

    it('that fails emits events and leaves the session unpaid', async () => {
      const { id } = await test.openSession();
      await test.submit(id, 'delayed');
      const intent = (await test.api.checkout.sessions.retrieve(id)).payment_intent;
      await test.control('POST', `payments/${String(intent)}`, { outcome: 'fail' });
      expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({
        status: 'complete',
        payment_status: 'unpaid',
      });
      await test.flush();
      expect(test.receiver.types.slice(-3)).toEqual([
        'charge.failed',
        'payment_intent.payment_failed',
        'checkout.session.async_payment_failed',
      ]);
    });

    it('settles only once', async () => {
      const { id } = await test.openSession();
      await test.submit(id, 'delayed');
      await test.control('POST', `payments/${id}`, { action: 'settle' });
      expect(await test.control('POST', `payments/${id}`, { action: 'settle' })).toMatchObject({ status: 409 });
      expect(await test.control('POST', `payments/${id}`, { action: 'fail' })).toMatchObject({ status: 409 });
      expect(await chargeCount()).toBe(1);
    });
  });

  it('canceling goes back to the shop and leaves the session open', async () => {
    const { id } = await test.openSession();
    const response = await test.submit(id, 'cancel');
    expect(response.headers.get('location')).toBe('https://shop.example/cart');
    expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
  });

  describe('expiry', () => {
    it('closes a session at its expiry time, so that it can no longer be paid', async () => {
      const { id } = await test.openSession({ expires_at: Math.floor(nowMs / 1000) + 1800 });
      nowMs += 1_799_000;
      expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
      nowMs += 1_000;
      expect((await test.submit(id, 'pay')).status).toBe(410);
      expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired', url: null });
      expect(await chargeCount()).toBe(0);
      await test.flush();
      expect(test.receiver.types).toEqual(['checkout.session.expired']);
    });

    it('happens without a request', async () => {
      await test.openSession();
      const expired = new Promise((resolve) => {
        test.receiver.respond = (event) => {
          resolve(event.type);
          return 200;
        };
      });
      nowMs += 86_400_000;
      expect(await expired).toBe('checkout.session.expired');
    });

    it('happens when the clock is moved forward', async () => {
      const { id } = await test.openSession();
      await test.control('POST', 'clock/advance', { seconds: 86_400 });
      expect(await test.api.checkout.sessions.retrieve(id)).toMatchObject({ status: 'expired' });
    });

    it('can be requested once, while the session is open', async () => {
      const { id } = await test.openSession();
      await test.submit(id, 'decline');
      expect(await test.api.checkout.sessions.expire(id)).toMatchObject({ status: 'expired' });
      await expect(test.api.checkout.sessions.expire(id)).rejects.toMatchObject({ statusCode: 400 });
      const [intent] = (await test.api.paymentIntents.list()).data;
      expect(intent).toMatchObject({ status: 'canceled' });
      const paid = await test.paidSession();
      await expect(test.api.checkout.sessions.expire(paid.id)).rejects.toMatchObject({ statusCode: 400 });
    });
  });
});
