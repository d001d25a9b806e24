import { auditWallet, readLedger } from '../../support/ledger.ts';
import { Key, newPerson } from '../../support/people.ts';
import { allWebhooksDelivered, control, stripe } from '../../support/stripeControl.ts';
import { DAY_SECONDS, Subscriber } from '../../support/subscriptions.ts';

let subscriber: Subscriber;
beforeEach(async () => {
  subscriber = await Subscriber.create();
});

const ordersOf = async () => (await subscriber.person.send('GET', '/billing/orders')).expect(200).data;
const subscriptionsAtStripe = async () =>
  (await stripe.subscriptions.list({ customer: subscriber.customer.id, status: 'all' })).data;

describe('subscribing with the saved card', () => {
  it('pays at once and returns a key that spends the wallet of the subscription', async () => {
    const { data } = (await subscriber.subscribe({ createKey: true, keyName: 'production' })).expect(201);
    expect(data).toMatchObject({
      planSlug: 'team',
      status: 'active',
      walletId: data.subscriptionId,
      key: { name: 'production', apiKey: expect.stringMatching(/^ndsp_live_/) },
    });
    const key = new Key(data.key.id, data.key.apiKey);
    expect((await key.send('GET', '/billing/balance')).expect(200).json.balance.credits).toBe(2_500);
    const charge = (await key.charge({ operation: 'presetShare' })).expect(201).data;
    expect(charge).toMatchObject({ walletId: data.subscriptionId, balanceAfterCredits: 2_490 });
    expect((await subscriber.person.send('GET', `/billing/charges/${charge.id}`)).expect(200).data.id).toBe(charge.id);
    expect((await subscriber.person.credits()).availableCredits).toBe(0);

    const [order] = await ordersOf();
    expect(order).toMatchObject({ id: data.orderId, kind: 'plan', method: 'direct', status: 'paid', credits: 2_500 });
    const [grant] = await readLedger(subscriber.person.accountId, data.subscriptionId);
    expect(grant).toMatchObject({
      kind: 'grant',
      amountCredits: 2_500,
      orderId: data.orderId,
      id: order.transactionId,
    });
    expect(grant?.id).toMatch(/^stripe_in_/);
    expect(grant?.lotChanges).toMatchObject([{ source: 'subscription', expiresAt: data.currentPeriodEnd }]);
    await auditWallet(subscriber.person.accountId, data.subscriptionId);
  });

  it('appears in the status with keys and credits', async () => {
    const { data } = (await subscriber.subscribe({ planSlug: 'team', interval: 'year', createKey: true })).expect(201);
    const status = await subscriber.status();
    expect(status).toMatchObject({
      plan: 'team',
      status: 'active',
      creditBalance: 0,
      stripeCustomerId: subscriber.customer.id,
      subscriptionExpiresAt: null,
      legacySubscriptionKeys: [],
      subscriptions: [
        {
          id: data.subscriptionId,
          planSlug: 'team',
          interval: 'year',
          nextPlanSlug: 'team',
          cancelAtPeriodEnd: false,
          creditsPerPeriod: 30_000,
          availableCredits: 30_000,
          keyCount: 1,
          keys: [{ id: data.key.id, name: 'api-key', isActive: true }],
        },
      ],
    });
  });

  it('several times creates as many wallets, and the status shows the highest plan', async () => {
    await subscriber.person.grant(7);
    const standard = (await subscriber.subscribe({ planSlug: 'standard', createKey: true })).expect(201).data;
    const pro = (await subscriber.subscribe({ planSlug: 'pro', createKey: true })).expect(201).data;
    expect(await subscriber.status()).toMatchObject({
      plan: 'pro',
      creditBalance: 7,
      subscriptionExpiresAt: pro.currentPeriodEnd,
      subscriptions: [
        { id: pro.subscriptionId, availableCredits: 1_000, nextPlanSlug: null, interval: 'term' },
        { id: standard.subscriptionId, availableCredits: 300, cancelAtPeriodEnd: true },
      ],
    });
    (await new Key(pro.key.id, pro.key.apiKey).charge({ operation: 'presetShare' })).expect(201);
    expect((await subscriber.subscription(standard.subscriptionId)).availableCredits).toBe(300);
    expect((await subscriber.person.send('GET', '/billing/credits')).expect(200).data).toEqual({
      totalTopUp: 0,
      remaining: 7,
      hasCreditKey: false,
      creditKeyCount: 0,
      userId: subscriber.person.accountId,
    });
  });

  it('costs its price in the requested currency, one currency at a time', async () => {
    const { data } = (await subscriber.subscribe({ currency: 'gbp' })).expect(201);
    expect((await stripe.subscriptions.retrieve(data.stripeSubscriptionId)).currency).toBe('gbp');
    expect((await ordersOf())[0].price).toMatchObject({ currency: 'gbp', unitAmountMinor: 8_400 });
    (await subscriber.subscribe({ currency: 'eur' })).expectError(409, 'CURRENCY_NOT_COMBINABLE');
  });

  it('twice with one Idempotency-Key creates one subscription, and shows the secret once', async () => {
    const first = (await subscriber.subscribe({ createKey: true }, 'once')).expect(201);
    const again = (await subscriber.subscribe({ createKey: true }, 'once')).expect(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.data).toEqual({ ...first.data, key: { ...first.data.key, apiKey: null } });
    (await subscriber.subscribe({ planSlug: 'pro' }, 'once')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    expect(await subscriptionsAtStripe()).toHaveLength(1);
    (
      await subscriber.person.send('POST', '/billing/checkout', {
        body: { pack: 'starter' },
        idempotencyKey: 'once',
      })
    ).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('eight times at once with one Idempotency-Key creates one subscription with one grant', async () => {
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => subscriber.subscribe({ createKey: true }, 'race')),
    );
    const ids = new Set(replies.map((reply) => reply.expect(201).data.subscriptionId));
    expect(ids.size).toBe(1);
    expect(await subscriptionsAtStripe()).toHaveLength(1);
    const [id = ''] = ids;
    expect(await readLedger(subscriber.person.accountId, id)).toHaveLength(1);
    expect(await subscriber.subscription(id)).toMatchObject({ keyCount: 1, availableCredits: 2_500 });
  });

  it('succeeds with the same key after all answers of Stripe were lost', async () => {
    const fault = { method: 'POST', path: '/v1/subscriptions', status: 500, afterEffect: true, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await subscriber.subscribe({}, 'lost')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    const { data } = (await subscriber.subscribe({}, 'lost')).expect(201);
    expect((await subscriptionsAtStripe()).map(({ id }) => id)).toEqual([data.stripeSubscriptionId]);
    expect((await subscriber.subscription(data.subscriptionId)).availableCredits).toBe(2_500);
  });

  it.each([
    ['pm_card_chargeCustomerFail', 'PAYMENT_DECLINED', 'use_another_payment_method'],
    ['pm_card_authenticationRequired', 'PAYMENT_AUTHENTICATION_REQUIRED', 'use_checkout'],
  ])('with %s answers 402, also when repeated, and leaves nothing behind', async (card, code, nextAction) => {
    await subscriber.useCard(card);
    const reply = (await subscriber.subscribe({ createKey: true }, 'declined')).expectError(402, code);
    expect(reply.json.error.details.nextAction.type).toBe(nextAction);
    await subscriber.useCard('pm_card_visa');
    (await subscriber.subscribe({ createKey: true }, 'declined')).expectError(402, code);
    expect(await subscriptionsAtStripe()).toEqual([]);
    expect(await subscriber.status()).toMatchObject({ status: 'inactive', plan: null, subscriptions: [] });
    expect(await ordersOf()).toMatchObject([
      { status: 'failed', kind: 'plan', lastPaymentError: { code: expect.any(String) } },
    ]);
    (await subscriber.subscribe({}, 'new key')).expect(201);
  });

  it('without a card asks to save one first', async () => {
    const person = await newPerson();
    const subscribe = () => person.send('POST', '/billing/subscribe', { body: { planSlug: 'team' } });
    const reply = (await subscribe()).expectError(402, 'PAYMENT_METHOD_REQUIRED');
    expect(reply.json.error.details.nextAction.type).toBe('add_payment_method');
  });

  it('belongs to its account alone', async () => {
    const { data } = (await subscriber.subscribe()).expect(201);
    const stranger = await newPerson();
    const body = { subscriptionId: data.subscriptionId };
    for (const path of ['/billing/cancel', '/billing/resume']) {
      (await stranger.send('POST', path, { body })).expectError(404, 'SUBSCRIPTION_NOT_FOUND');
    }
    const change = { ...body, planSlug: 'team', interval: 'year' };
    (await stranger.send('POST', '/billing/change-plan', { body: change })).expectError(404, 'SUBSCRIPTION_NOT_FOUND');
    (await stranger.send('POST', '/account/keys', { body })).expectError(404, 'SUBSCRIPTION_NOT_FOUND');
    const charge = { operation: 'presetShare', walletId: data.subscriptionId };
    (await stranger.send('POST', '/billing/charges', { body: charge })).expectError(404, 'WALLET_NOT_FOUND');
    (await stranger.send('GET', `/billing/transactions?walletId=${data.walletId}`)).expectError(
      404,
      'WALLET_NOT_FOUND',
    );
    expect((await stranger.send('GET', '/billing/status')).data.subscriptions).toEqual([]);
  });

  it('allows more keys later, for live credits only', async () => {
    const { data } = (await subscriber.subscribe()).expect(201);
    const { subscriptionId } = data;
    const key = await subscriber.person.createKey({ name: 'later', subscriptionId });
    expect((await key.send('GET', '/billing/balance')).json.balance.credits).toBe(2_500);
    const test = await subscriber.person.send('POST', '/account/keys', { body: { kind: 'test', subscriptionId } });
    test.expectError(400, 'INVALID_REQUEST', 'subscriptionId');
  });
});

describe('subscribing on the Checkout page', () => {
  const checkout = async (body: Record<string, unknown>) =>
    (await subscriber.person.send('POST', '/billing/checkout', { body })).expect(201).data;
  const onPage = async (url: string, outcome: string) => {
    const response = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome }) });
    await allWebhooksDelivered();
    return response.status;
  };

  it('is active once it is paid, but not before', async () => {
    const { url, orderId } = await checkout({ planSlug: 'team', interval: 'year', currency: 'eur' });
    expect(await ordersOf()).toMatchObject([{ id: orderId, status: 'pending', kind: 'plan', checkoutUrl: url }]);
    expect(await onPage(url, 'decline')).toBe(402);
    expect((await subscriber.status()).subscriptions).toEqual([]);
    expect(await onPage(url, 'pay')).toBe(303);
    expect(await ordersOf()).toMatchObject([{ id: orderId, status: 'paid', credits: 30_000 }]);
    const { subscriptions } = await subscriber.status();
    expect(subscriptions).toMatchObject([{ planSlug: 'team', interval: 'year', availableCredits: 30_000 }]);
    await auditWallet(subscriber.person.accountId, subscriptions[0].id);
    expect(await readLedger(subscriber.person.accountId)).toEqual([]);
  });

  it('to a plan for a term does not renew', async () => {
    const { url } = await checkout({ planSlug: 'standard' });
    await onPage(url, 'pay');
    const [subscription] = await subscriptionsAtStripe();
    expect(subscription?.cancel_at_period_end).toBe(true);
    await subscriber.advance(31 * DAY_SECONDS);
    expect((await subscriber.status()).subscriptions).toMatchObject([{ status: 'canceled', availableCredits: 0 }]);
    expect(await ordersOf()).toHaveLength(1);
  });

  it('by a delayed debit grants credits once the debit has settled', async () => {
    const { url, sessionId, orderId } = await checkout({ planSlug: 'team' });
    await onPage(url, 'delayed');
    expect((await subscriber.status()).subscriptions).toMatchObject([{ availableCredits: 0 }]);
    (await control(`/_local/payments/${sessionId}`, { action: 'settle' })).expect(200);
    await allWebhooksDelivered();
    expect((await subscriber.status()).subscriptions).toMatchObject([{ status: 'active', availableCredits: 2_500 }]);
    expect(await ordersOf()).toMatchObject([{ id: orderId, status: 'paid' }]);
  });

  it('expires with its session', async () => {
    const { sessionId } = await checkout({ planSlug: 'team' });
    await stripe.checkout.sessions.expire(sessionId);
    await allWebhooksDelivered();
    expect(await ordersOf()).toMatchObject([{ status: 'expired', checkoutUrl: null }]);
    expect((await subscriber.status()).subscriptions).toEqual([]);
  });

  it.each([
    [{ planSlug: 'team', pack: 'starter' }, 'planSlug', 'INVALID_REQUEST'],
    [{ pack: 'starter', interval: 'year' }, 'interval', 'INVALID_REQUEST'],
    [{ planSlug: 'standard', interval: 'year' }, 'interval', 'INVALID_REQUEST'],
    [{ planSlug: 'gold' }, 'planSlug', 'UNKNOWN_PLAN'],
    [{ planSlug: 'team', currency: 'chf' }, 'currency', 'UNKNOWN_CURRENCY'],
    [{ planSlug: 'team', successUrl: 'https://evil.example' }, 'successUrl', 'REDIRECT_NOT_ALLOWED'],
  ])('refuses %j', async (body, field, code) => {
    (await subscriber.person.send('POST', '/billing/checkout', { body })).expectError(400, code, field);
  });
});
