import type { Stripe } from '../installedStripe.ts';
import { TestStripe } from '../testing/testStripe.ts';

const DAY = 24 * 60 * 60;
const START = Date.parse('2026-01-31T10:00:00Z') / 1000;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

describe('subscriptions', () => {
  let test: TestStripe;
  let monthly: Stripe.Price;
  let clock: Stripe.TestHelpers.TestClock;

  beforeEach(async () => {
    test = await TestStripe.start();
    monthly = await test.api.prices.create({
      currency: 'usd',
      unit_amount: 3000,
      currency_options: { eur: { unit_amount: 2800 } },
      recurring: { interval: 'month' },
      product_data: { name: 'Team' },
      lookup_key: 'team_month',
      metadata: { plan: 'team' },
    });
    clock = await test.api.testHelpers.testClocks.create({ frozen_time: START });
  });
  afterEach(() => test.stop());

  const customerWith = async (card = 'pm_card_visa'): Promise<string> => {
    const customer = await test.api.customers.create({ test_clock: clock.id });
    await setCard(customer.id, card);
    return customer.id;
  };
  const setCard = async (customer: string, card: string) => {
    const method = await test.api.paymentMethods.attach(card, { customer });
    await test.api.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  };
  const subscribe = async (customer: string, params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    test.api.subscriptions.create({ customer, items: [{ price: monthly.id }], ...params });
  const advanceTo = (seconds: number) => test.api.testHelpers.testClocks.advance(clock.id, { frozen_time: seconds });
  const invoicesOf = async (subscription: string) =>
    (await test.api.invoices.list({ subscription, expand: ['data.payments'] })).data;
  const eventTypes = async () => {
    const { data } = await test.api.events.list({ limit: 100 });
    return data.map(({ type }) => type).reverse();
  };

  it('start with a payment by the default card, and emit the same events as at Stripe', async () => {
    const subscription = await subscribe(await customerWith(), {
      metadata: { mine: '1' },
      expand: ['latest_invoice.payments', 'latest_invoice.confirmation_secret'],
    });
    expect(subscription).toMatchObject({ status: 'active', metadata: { mine: '1' }, test_clock: clock.id });
    const [item] = subscription.items.data;
    expect(item?.price).toMatchObject({ id: monthly.id, metadata: { plan: 'team' } });
    expect([item?.current_period_start, item?.current_period_end].map((at) => iso(at ?? 0))).toEqual([
      '2026-01-31',
      '2026-02-28',
    ]);
    const invoice = subscription.latest_invoice as Stripe.Invoice;
    expect(invoice).toMatchObject({
      status: 'paid',
      billing_reason: 'subscription_create',
      amount_paid: 3000,
      parent: { subscription_details: { subscription: subscription.id, metadata: { mine: '1' } } },
      lines: { data: [{ amount: 3000, parent: { subscription_item_details: { proration: false } } }] },
      payments: { data: [{ status: 'paid', amount_paid: 3000, payment: { type: 'payment_intent' } }] },
    });
    const payment = invoice.payments?.data[0]?.payment.payment_intent as string;
    const found = await test.api.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: payment } });
    expect(found.data).toMatchObject([{ invoice: invoice.id }]);
    expect(await eventTypes()).toEqual(
      expect.arrayContaining([
        'customer.subscription.created',
        'invoice.created',
        'invoice.finalized',
        'payment_intent.succeeded',
        'invoice_payment.paid',
        'invoice.paid',
        'invoice.payment_succeeded',
      ]),
    );
  });

  it('renew at the end of each period, and charge an hour later', async () => {
    const { id } = await subscribe(await customerWith());
    expect(await advanceTo(Date.parse('2026-02-28T10:30:00Z') / 1000)).toMatchObject({ status: 'advancing' });
    expect(await test.api.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({ status: 'ready' });
    expect((await invoicesOf(id)).map(({ status }) => status)).toEqual(['draft', 'paid']);
    await advanceTo(Date.parse('2026-03-31T12:00:00Z') / 1000);
    const invoices = await invoicesOf(id);
    expect(invoices.map(({ status, billing_reason }) => [status, billing_reason])).toEqual([
      ['paid', 'subscription_cycle'],
      ['paid', 'subscription_cycle'],
      ['paid', 'subscription_create'],
    ]);
    expect(invoices.map(({ lines }) => iso(lines.data[0]?.period.end ?? 0))).toEqual([
      '2026-04-30',
      '2026-03-31',
      '2026-02-28',
    ]);
    expect(new Set(invoices.map(({ payments }) => payments?.data[0]?.payment.payment_intent)).size).toBe(3);
  });

  it('that cannot be charged become past due, are retried three times, and are then canceled', async () => {
    const customer = await customerWith();
    const { id } = await subscribe(customer);
    await setCard(customer, 'pm_card_chargeCustomerFail');
    const renewal = Date.parse('2026-02-28T11:00:00Z') / 1000;
    await advanceTo(renewal + 60);
    expect(await test.api.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' });
    const [failed] = await invoicesOf(id);
    expect(failed).toMatchObject({ status: 'open', attempt_count: 1, next_payment_attempt: renewal + 3 * DAY });
    await advanceTo(renewal + 14 * DAY);
    expect(await test.api.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' });
    await advanceTo(renewal + 16 * DAY);
    expect(await test.api.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      ended_at: renewal + 15 * DAY,
      cancellation_details: { reason: 'payment_failed' },
    });
    expect((await invoicesOf(id))[0]).toMatchObject({ status: 'open', attempt_count: 4, auto_advance: false });
    expect((await eventTypes()).filter((type) => type === 'invoice.payment_failed')).toHaveLength(4);
    expect(await eventTypes()).toContain('customer.subscription.deleted');
  });

  it('become active again when a retry succeeds or the customer pays', async () => {
    const customer = await customerWith();
    const { id } = await subscribe(customer);
    await setCard(customer, 'pm_card_chargeCustomerFail');
    const renewal = Date.parse('2026-02-28T11:00:00Z') / 1000;
    await advanceTo(renewal + 60);
    const [open] = await invoicesOf(id);
    await expect(test.api.invoices.pay(open?.id ?? '')).rejects.toMatchObject({
      statusCode: 402,
      code: 'card_declined',
    });
    await setCard(customer, 'pm_card_visa');
    await advanceTo(renewal + 4 * DAY);
    expect(await test.api.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
    expect((await invoicesOf(id))[0]).toMatchObject({ status: 'paid', next_payment_attempt: null });
  });

  it('that are canceled end with their period, unless the cancellation is undone', async () => {
    const customer = await customerWith();
    const ending = await subscribe(customer, { cancel_at_period_end: true });
    const going = await subscribe(customer);
    await test.api.subscriptions.update(going.id, { cancel_at_period_end: true });
    expect(await test.api.subscriptions.update(going.id, { cancel_at_period_end: false })).toMatchObject({
      status: 'active',
      cancel_at: null,
    });
    await advanceTo(Date.parse('2026-03-01T00:00:00Z') / 1000);
    expect(await test.api.subscriptions.retrieve(ending.id)).toMatchObject({
      status: 'canceled',
      ended_at: Date.parse('2026-02-28T10:00:00Z') / 1000,
    });
    expect(await test.api.subscriptions.retrieve(going.id)).toMatchObject({ status: 'active' });
    expect((await test.api.subscriptions.list({ customer })).data.map(({ id }) => id)).toEqual([going.id]);
    expect((await test.api.subscriptions.list({ customer, status: 'all' })).data).toHaveLength(2);
    await test.api.subscriptions.cancel(going.id);
    await expect(test.api.subscriptions.update(going.id, { cancel_at_period_end: true })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it.each([
    ['none', []],
    ['create_prorations', []],
    ['always_invoice', [['subscription_update', 5000]]],
  ] as const)('can change their price with proration_behavior %s', async (proration_behavior, invoiced) => {
    const bigger = await test.api.prices.create({
      currency: 'usd',
      unit_amount: 8000,
      recurring: { interval: 'month' },
      product: monthly.product as string,
    });
    const subscription = await subscribe(await customerWith());
    const items = [{ id: subscription.items.data[0]?.id ?? '', price: bigger.id }];
    const changed = await test.api.subscriptions.update(subscription.id, { items, proration_behavior });
    expect(changed.items.data).toMatchObject([
      { price: { id: bigger.id }, current_period_end: subscription.items.data[0]?.current_period_end },
    ]);
    const [latest, ...older] = await invoicesOf(subscription.id);
    expect((invoiced.length > 0 ? [latest] : []).map((row) => [row?.billing_reason, row?.total])).toEqual(invoiced);
    expect(older).toHaveLength(invoiced.length);
    await advanceTo(Date.parse('2026-02-28T12:00:00Z') / 1000);
    const [renewal] = await invoicesOf(subscription.id);
    expect(renewal).toMatchObject({
      billing_reason: 'subscription_cycle',
      total: proration_behavior === 'create_prorations' ? 13_000 : 8000,
    });
  });

  it('start a new period when the interval changes', async () => {
    const yearly = await test.api.prices.create({
      currency: 'usd',
      unit_amount: 30_000,
      recurring: { interval: 'year' },
      product: monthly.product as string,
    });
    const subscription = await subscribe(await customerWith());
    await advanceTo(START + 5 * DAY);
    const changed = await test.api.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: yearly.id }],
      proration_behavior: 'none',
      payment_behavior: 'error_if_incomplete',
    });
    expect(iso(changed.items.data[0]?.current_period_end ?? 0)).toBe('2027-02-05');
    const [latest] = await invoicesOf(subscription.id);
    expect(latest).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', total: 30_000 });
  });

  it('cost their price in the requested currency, with only one currency for each customer', async () => {
    const customer = await customerWith();
    const { currency, latest_invoice } = await subscribe(customer, { currency: 'eur', expand: ['latest_invoice'] });
    expect([currency, (latest_invoice as Stripe.Invoice).total]).toEqual(['eur', 2800]);
    await expect(subscribe(customer)).rejects.toMatchObject({ message: expect.stringContaining('combine currencies') });
    await expect(subscribe(await customerWith(), { currency: 'gbp' })).rejects.toMatchObject({ statusCode: 400 });
    const price = await test.api.prices.list({ lookup_keys: ['team_month'], expand: ['data.currency_options'] });
    expect(price.data[0]?.currency_options).toMatchObject({ usd: { unit_amount: 3000 }, eur: { unit_amount: 2800 } });
  });

  describe('whose first payment fails', () => {
    it('are not created with error_if_incomplete', async () => {
      const customer = await customerWith('pm_card_chargeCustomerFail');
      await expect(subscribe(customer, { payment_behavior: 'error_if_incomplete' })).rejects.toMatchObject({
        type: 'StripeCardError',
        statusCode: 402,
        code: 'card_declined',
      });
      expect((await test.api.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
      expect((await test.api.invoices.list({ customer })).data).toEqual([]);
    });

    it('are otherwise incomplete, for 23 hours', async () => {
      const customer = await customerWith('pm_card_chargeCustomerFail');
      const { id, status } = await subscribe(customer);
      expect(status).toBe('incomplete');
      await advanceTo(START + DAY);
      expect(await test.api.subscriptions.retrieve(id)).toMatchObject({ status: 'incomplete_expired' });
      expect(await invoicesOf(id)).toMatchObject([{ status: 'void' }]);
    });

    it('become active after the customer authenticates with the bank', async () => {
      const { id, status, latest_invoice } = await subscribe(await customerWith('pm_card_authenticationRequired'), {
        expand: ['latest_invoice.payments.data.payment.payment_intent'],
      });
      expect(status).toBe('incomplete');
      const intent = (latest_invoice as Stripe.Invoice).payments?.data[0]?.payment
        .payment_intent as Stripe.PaymentIntent;
      expect(intent.status).toBe('requires_action');
      await test.api.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa', off_session: true });
      expect(await test.api.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
    });

    it('are refused for customers without a card', async () => {
      const { id } = await test.api.customers.create();
      await expect(subscribe(id)).rejects.toMatchObject({ code: 'resource_missing', statusCode: 400 });
    });
  });

  describe('from a Checkout page', () => {
    const open = (params: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
      test.api.checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price: monthly.id, quantity: 1 }],
        subscription_data: { metadata: { mine: '2' } },
        success_url: 'https://shop.example/thanks',
        ...params,
      });

    it('are active after the payment, and keep the card for renewals', async () => {
      const { id } = await open({ currency: 'eur' });
      expect((await test.submit(id, 'decline')).status).toBe(402);
      expect((await test.submit(id, 'pay')).status).toBe(303);
      const session = await test.api.checkout.sessions.retrieve(id, { expand: ['subscription', 'invoice'] });
      expect(session).toMatchObject({
        mode: 'subscription',
        status: 'complete',
        payment_status: 'paid',
        payment_intent: null,
        amount_total: 2800,
        customer: expect.stringMatching(/^cus_/),
        invoice: { status: 'paid', billing_reason: 'subscription_create' },
        subscription: { status: 'active', metadata: { mine: '2' }, default_payment_method: expect.any(String) },
      });
      const { data } = await test.api.customers.listPaymentMethods(session.customer as string);
      expect(data).toMatchObject([{ id: (session.subscription as Stripe.Subscription).default_payment_method }]);
    });

    it('have an open invoice until a bank debit settles', async () => {
      const { id } = await open();
      await test.submit(id, 'delayed');
      const { subscription } = await test.api.checkout.sessions.retrieve(id);
      expect((await invoicesOf(subscription as string))[0]).toMatchObject({ status: 'open' });
      expect((await test.control('POST', `payments/${id}`, { action: 'settle' })).status).toBe(200);
      expect((await invoicesOf(subscription as string))[0]).toMatchObject({ status: 'paid' });
    });

    it('become past due when the bank debit fails', async () => {
      const { id } = await open();
      await test.submit(id, 'delayed');
      expect((await test.control('POST', `payments/${id}`, { action: 'fail' })).status).toBe(200);
      const { subscription } = await test.api.checkout.sessions.retrieve(id);
      expect(await test.api.subscriptions.retrieve(subscription as string)).toMatchObject({ status: 'past_due' });
    });

    it('need recurring prices, which payment mode refuses', async () => {
      const line_items = [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'Once' } } },
      ];
      await expect(open({ line_items })).rejects.toMatchObject({ statusCode: 400 });
      await expect(test.openSession({ line_items: [{ price: monthly.id, quantity: 1 }] })).rejects.toMatchObject({
        param: 'mode',
      });
    });
  });
});
