import { TestStripe } from '../testing/testStripe.ts';

let test: TestStripe;
beforeEach(async () => {
  test = await TestStripe.start();
});
afterEach(() => test.stop());

const form = (fields: Record<string, string>): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields) });
const cardsOf = async (customer: string) =>
  (await test.api.customers.listPaymentMethods(customer)).data.map(({ id, card }) => ({ id, last4: card?.last4 }));

describe('a setup intent', () => {
  it('saves the card to the customer when it is confirmed, and cannot be confirmed twice', async () => {
    const customer = await test.api.customers.create();
    const setup = await test.api.setupIntents.create({ customer: customer.id, usage: 'off_session' });
    expect(setup).toMatchObject({
      status: 'requires_payment_method',
      client_secret: expect.stringContaining(setup.id),
    });
    const params = { payment_method: 'pm_card_visa', return_url: 'https://shop.example/' };
    const done = await test.api.setupIntents.confirm(setup.id, params);
    expect(done.status).toBe('succeeded');
    expect(await cardsOf(customer.id)).toEqual([{ id: done.payment_method, last4: '4242' }]);
    await expect(test.api.setupIntents.confirm(setup.id, params)).rejects.toMatchObject({
      code: 'setup_intent_unexpected_state',
    });
  });

  it('can be tried again after a declined card', async () => {
    const customer = await test.api.customers.create();
    const setup = await test.api.setupIntents.create({ customer: customer.id });
    const params = { payment_method: 'pm_card_chargeDeclined', return_url: 'https://shop.example/' };
    await expect(test.api.setupIntents.confirm(setup.id, params)).rejects.toMatchObject({ code: 'card_declined' });
    expect(await test.api.setupIntents.retrieve(setup.id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code: 'card_declined' },
    });
    expect(await cardsOf(customer.id)).toEqual([]);
  });
});

describe('a Checkout session in setup mode', () => {
  const open = async () => {
    const customer = await test.api.customers.create();
    const session = await test.api.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer: customer.id,
      success_url: 'https://shop.example/ok?id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/no',
    });
    return { customer: customer.id, session, path: new URL(session.url as string).pathname };
  };

  it('needs a currency, and refuses the parameters of payments', async () => {
    const base = { mode: 'setup', success_url: 'https://shop.example/' } as const;
    await expect(test.api.checkout.sessions.create(base)).rejects.toMatchObject({ param: 'currency' });
    const params = { ...base, currency: 'usd', payment_intent_data: { description: 'x' } };
    await expect(test.api.checkout.sessions.create(params)).rejects.toMatchObject({ param: 'payment_intent_data' });
  });

  it('saves the chosen card, and sends the customer back', async () => {
    const { customer, session, path } = await open();
    expect(session).toMatchObject({ payment_status: 'no_payment_required', amount_total: null });
    expect((await test.raw(path)).status).toBe(200);
    const saved = await test.raw(path, form({ outcome: 'save', card: 'pm_card_chargeCustomerFail' }));
    expect(saved.status).toBe(303);
    expect(saved.headers.get('location')).toBe(`https://shop.example/ok?id=${session.id}`);
    expect(await cardsOf(customer)).toMatchObject([{ last4: '0341' }]);
    expect(await test.api.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'complete', url: null });
    expect((await test.raw(path, form({ outcome: 'save' }))).status).toBe(409);
    expect((await test.api.events.list()).data.map(({ type }) => type)).toContain('checkout.session.completed');
  });

  it('stays open when the card is declined, the customer leaves, or the form is invalid', async () => {
    const { customer, path } = await open();
    expect((await test.raw(path, form({ outcome: 'decline' }))).status).toBe(402);
    expect((await test.raw(path, form({ outcome: 'cancel' }))).headers.get('location')).toBe('https://shop.example/no');
    expect((await test.raw(path, form({ outcome: 'pay' }))).status).toBe(400);
    expect((await test.raw(path, form({ outcome: 'save', card: 'pm_nobody' }))).status).toBe(400);
    expect(await cardsOf(customer)).toEqual([]);
    expect((await test.raw(path, form({ outcome: 'save' }))).status).toBe(303);
  });

  it('cancels its setup intent when it expires', async () => {
    const { session } = await open();
    const expired = await test.api.checkout.sessions.expire(session.id);
    expect(await test.api.setupIntents.retrieve(expired.setup_intent as string)).toMatchObject({ status: 'canceled' });
  });
});

describe('the portal', () => {
  it('is a page on which customers add, choose and remove cards', async () => {
    const customer = await test.api.customers.create({ email: 'ada@example.com' });
    const { url } = await test.api.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'https://shop.example/account',
    });
    const path = new URL(url).pathname;
    expect(await (await test.raw(path)).text()).toContain('ada@example.com');
    await test.raw(path, form({ outcome: 'add', card: 'pm_card_visa' }));
    const [card] = await cardsOf(customer.id);
    await test.raw(path, form({ outcome: 'default', method: card?.id ?? '' }));
    expect(await test.api.customers.retrieve(customer.id)).toMatchObject({
      invoice_settings: { default_payment_method: card?.id },
    });
    expect((await test.raw(path, form({ outcome: 'add', card: 'pm_card_chargeDeclined' }))).status).toBe(402);
    await test.raw(path, form({ outcome: 'remove', method: card?.id ?? '' }));
    expect(await cardsOf(customer.id)).toEqual([]);
    const back = await test.raw(path, form({ outcome: 'return' }));
    expect(back.headers.get('location')).toBe('https://shop.example/account');
  });

  it("shows only the customer's own cards, and only at its secret address", async () => {
    const [ada, bob] = [await test.api.customers.create(), await test.api.customers.create()];
    const card = await test.api.paymentMethods.attach('pm_card_visa', { customer: bob.id });
    const { url } = await test.api.billingPortal.sessions.create({ customer: ada.id });
    const removal = await test.raw(new URL(url).pathname, form({ outcome: 'remove', method: card.id }));
    expect(removal.status).toBe(400);
    expect(await cardsOf(bob.id)).toHaveLength(1);
    expect((await test.raw('/p/session/test_unknown')).status).toBe(404);
  });
});
