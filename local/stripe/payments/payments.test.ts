import { TestStripe } from '../testing/testStripe.ts';

describe('payments without Checkout', () => {
  let test: TestStripe;

  beforeEach(async () => {
    test = await TestStripe.start();
  });
  afterEach(() => test.stop());

  const savedCard = async (card = 'pm_card_visa') => {
    const customer = await test.api.customers.create();
    const method = await test.api.paymentMethods.attach(card, { customer: customer.id });
    return { customer: customer.id, payment_method: method.id };
  };
  const charge = { amount: 2500, currency: 'usd', confirm: true, off_session: true };

  it('charge a saved card while the customer is absent', async () => {
    const intent = await test.api.paymentIntents.create({ ...charge, ...(await savedCard()), metadata: { a: '1' } });
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2500, metadata: { a: '1' } });
    await test.flush();
    expect(test.receiver.types).toEqual([
      'customer.created',
      'payment_method.attached',
      'payment_intent.created',
      'payment_intent.succeeded',
      'charge.succeeded',
    ]);
  });

  it.each([
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
    ['pm_card_authenticationRequired', 'authentication_required', 'authentication_required'],
  ])('with the saved %s are declined, and the payment can be found again', async (card, code, declineCode) => {
    const saved = await savedCard(card);
    const failed = await test.api.paymentIntents.create({ ...charge, ...saved }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
      payment_intent: { status: 'requires_payment_method', last_payment_error: { code } },
    });
    const { data } = await test.api.paymentIntents.list({ customer: saved.customer });
    expect(data).toMatchObject([{ status: 'requires_payment_method', amount_received: 0 }]);
  });

  it('with insufficient funds can be tried again with another card', async () => {
    const intent = await test.api.paymentIntents.create({ amount: 500, currency: 'usd' });
    const confirm = (payment_method: string) =>
      test.api.paymentIntents.confirm(intent.id, { payment_method, return_url: 'https://shop.example/' });
    await expect(confirm('pm_card_chargeDeclinedInsufficientFunds')).rejects.toMatchObject({
      decline_code: 'insufficient_funds',
    });
    expect(await confirm('pm_card_visa')).toMatchObject({ id: intent.id, status: 'succeeded' });
    await expect(confirm('pm_card_visa')).rejects.toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect((await test.api.charges.list({ payment_intent: intent.id })).data).toHaveLength(2);
  });

  it('wait until a present customer authenticates, and can be canceled', async () => {
    const intent = await test.api.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    expect(intent).toMatchObject({ status: 'requires_action', amount_received: 0 });
    expect(await test.api.paymentIntents.cancel(intent.id)).toMatchObject({ status: 'canceled' });
    await expect(test.api.paymentIntents.cancel(intent.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('with pm_card_createDispute are disputed at once', async () => {
    await test.api.paymentIntents.create({ ...charge, payment_method: 'pm_card_createDispute' });
    expect((await test.api.disputes.list()).data).toMatchObject([{ status: 'needs_response', amount: 2500 }]);
  });

  it.each([
    ['too little', { amount: 49 }, { code: 'amount_too_small' }],
    ['an unknown currency', { currency: 'xyz' }, { param: 'currency' }],
    ['an unknown card', { payment_method: 'pm_none' }, { code: 'resource_missing', param: 'payment_method' }],
    ['no card', {}, { code: 'parameter_missing', param: 'payment_method' }],
    ['no way back for the customer', { off_session: false, payment_method: 'pm_card_visa' }, { param: 'return_url' }],
  ])('of %s are refused, and create no objects', async (_name, params, error) => {
    await expect(test.api.paymentIntents.create({ ...charge, ...params })).rejects.toMatchObject(error);
    expect((await test.api.paymentIntents.list()).data).toEqual([]);
  });

  it('cannot use the card of another customer', async () => {
    const { payment_method } = await savedCard();
    const { customer } = await savedCard();
    await expect(test.api.paymentIntents.create({ ...charge, customer, payment_method })).rejects.toMatchObject({
      param: 'payment_method',
    });
  });

  it('of a Checkout session can be canceled only by expiring the session', async () => {
    const { id } = await test.openSession();
    await test.submit(id, 'decline');
    const intent = String((await test.api.checkout.sessions.retrieve(id)).payment_intent);
    await expect(test.api.paymentIntents.cancel(intent)).rejects.toThrow('expire the session');
  });

  describe('saved cards', () => {
    it('are listed, can be the default card, and are gone after they are detached', async () => {
      const { customer, payment_method } = await savedCard();
      await test.api.customers.update(customer, { invoice_settings: { default_payment_method: payment_method } });
      expect((await test.api.customers.listPaymentMethods(customer)).data).toMatchObject([{ id: payment_method }]);
      expect((await test.api.paymentMethods.list({ customer, type: 'card' })).data).toHaveLength(1);
      await test.api.paymentMethods.detach(payment_method);
      expect((await test.api.paymentMethods.list({ customer })).data).toEqual([]);
      expect(await test.api.customers.retrieve(customer)).toMatchObject({
        invoice_settings: { default_payment_method: null },
      });
      await expect(test.api.paymentMethods.detach(payment_method)).rejects.toMatchObject({ statusCode: 400 });
    });

    it('are checked with the bank when they are saved', async () => {
      await expect(savedCard('pm_card_chargeDeclined')).rejects.toMatchObject({ code: 'card_declined' });
    });

    it('belong to only one customer', async () => {
      const { payment_method } = await savedCard();
      const other = await test.api.customers.create();
      await expect(test.api.paymentMethods.attach(payment_method, { customer: other.id })).rejects.toMatchObject({
        statusCode: 400,
      });
      const update = { invoice_settings: { default_payment_method: payment_method } };
      await expect(test.api.customers.update(other.id, update)).rejects.toMatchObject({ code: 'resource_missing' });
    });
  });
});
