import { reconcileSubscriptions } from '../../../src/sales/reconciliation/reconcileSubscriptions.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { Key } from '../../support/people.ts';
import { allWebhooksDelivered, control, postEvent, stripe } from '../../support/stripeControl.ts';
import { DAY_SECONDS, Subscriber } from '../../support/subscriptions.ts';
import { database } from '../../support/suite.ts';

const HOUR_SECONDS = 60 * 60;
/** A start so long ago that a month from then has ended, and the following month hasn't. */
const LAST_MONTH = Math.floor(Date.now() / 1000) - 35 * DAY_SECONDS;

async function subscribed(start: number | undefined, body: Record<string, unknown> = {}) {
  const subscriber = await Subscriber.create(start);
  const { data } = (await subscriber.subscribe({ createKey: true, ...body })).expect(201);
  return { subscriber, data, id: data.subscriptionId as string, key: new Key(data.key.id, data.key.apiKey) };
}

const grantsOf = async (subscriber: Subscriber, id: string) => {
  const entries = await readLedger(subscriber.person.accountId, id);
  return entries.filter(({ kind }) => kind === 'grant');
};
const ordersOf = async (subscriber: Subscriber) =>
  (await subscriber.person.send('GET', '/billing/orders')).expect(200).data;

describe('a renewal', () => {
  it('grants the next credits once it is paid; the previous period’s credits have expired', async () => {
    const { subscriber, id } = await subscribed(LAST_MONTH);
    expect((await subscriber.subscription(id)).availableCredits).toBe(0);
    await subscriber.advance(35 * DAY_SECONDS);
    const subscription = await subscriber.subscription(id);
    expect(subscription).toMatchObject({ status: 'active', availableCredits: 2_500 });
    const grants = await grantsOf(subscriber, id);
    expect(grants.map(({ amountCredits }) => amountCredits)).toEqual([2_500, 2_500]);
    expect(grants[1]?.lotChanges[0]?.expiresAt).toBe(subscription.currentPeriodEnd);
    expect(await ordersOf(subscriber)).toMatchObject([
      { kind: 'plan', method: 'automatic', status: 'paid', credits: 2_500, price: { unitAmountMinor: 9_900 } },
      { kind: 'plan', method: 'direct', status: 'paid' },
    ]);
    await auditWallet(subscriber.person.accountId, id);
  });

  it('grants credits once, even if events arrive twice and in any order', async () => {
    await control('/_local/webhooks', { duplicate: 2, shuffle: true, concurrency: 4 });
    try {
      const { subscriber, id } = await subscribed(LAST_MONTH);
      await subscriber.advance(35 * DAY_SECONDS);
      expect(await grantsOf(subscriber, id)).toHaveLength(2);
      expect(await subscriber.subscription(id)).toMatchObject({ status: 'active', availableCredits: 2_500 });
      expect(await ordersOf(subscriber)).toHaveLength(2);
      await auditWallet(subscriber.person.accountId, id);
    } finally {
      await control('/_local/webhooks', { reset: true });
    }
  });

  it('whose webhook was lost is found by the reconciliation', async () => {
    const { subscriber, id } = await subscribed(LAST_MONTH);
    await control('/_local/webhooks', { drop: true });
    try {
      await subscriber.advance(35 * DAY_SECONDS);
    } finally {
      await control('/_local/webhooks', { reset: true });
    }
    expect(await grantsOf(subscriber, id)).toHaveLength(1);
    await reconcile(id);
    expect(await grantsOf(subscriber, id)).toHaveLength(2);
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'active', availableCredits: 2_500 });
  });
});

describe('a renewal that cannot be charged', () => {
  const failing = async () => {
    const result = await subscribed(LAST_MONTH);
    await result.subscriber.useCard('pm_card_chargeCustomerFail');
    await result.subscriber.advance(32 * DAY_SECONDS);
    return result;
  };

  it('makes the subscription past due, which recovers with its credits when a card works again', async () => {
    const { subscriber, id } = await failing();
    expect(await subscriber.subscription(id)).toMatchObject({
      status: 'past_due',
      availableCredits: 0,
      lastPaymentError: { code: 'generic_decline' },
    });
    expect(await subscriber.status()).toMatchObject({ status: 'active', plan: 'team' });
    await subscriber.useCard('pm_card_visa');
    await subscriber.advance(3 * DAY_SECONDS);
    expect(await subscriber.subscription(id)).toMatchObject({
      status: 'active',
      availableCredits: 2_500,
      lastPaymentError: null,
      keys: [{ isActive: true }],
    });
  });

  it('ends the subscription after the last attempt', async () => {
    const { subscriber, id } = await failing();
    await subscriber.advance(20 * DAY_SECONDS);
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'canceled', keys: [{ isActive: false }] });
    expect(await grantsOf(subscriber, id)).toHaveLength(1);
    expect(await subscriber.status()).toMatchObject({ status: 'inactive', plan: null });
  });
});

describe('a subscription that ends', () => {
  it('revokes its keys and closes its wallet, and changes nothing else', async () => {
    const { subscriber, id, key } = await subscribed(undefined, { planSlug: 'standard' });
    await subscriber.person.grant(50);
    const own = await subscriber.person.createKey();
    await stripe.subscriptions.cancel((await subscriber.subscription(id)).stripeSubscriptionId);
    await allWebhooksDelivered();
    expect(await subscriber.subscription(id)).toMatchObject({
      status: 'canceled',
      endedAt: expect.any(String),
      availableCredits: 0,
      keys: [{ id: key.id, isActive: false }],
    });
    const charge = { operation: 'presetShare', walletId: id };
    (await subscriber.person.send('POST', '/billing/charges', { body: charge })).expectError(409, 'WALLET_CLOSED');
    const entries = await readLedger(subscriber.person.accountId, id);
    expect(entries.map(({ kind, amountCredits }) => [kind, amountCredits])).toEqual([
      ['grant', 300],
      ['closure', -300],
    ]);
    await auditWallet(subscriber.person.accountId, id);
    (await own.charge({ operation: 'presetShare' })).expect(201);
    expect((await subscriber.person.credits()).availableCredits).toBe(40);
    const body = { subscriptionId: id };
    for (const path of ['/billing/cancel', '/account/keys']) {
      (await subscriber.person.send('POST', path, { body })).expectError(409, 'SUBSCRIPTION_NOT_ACTIVE');
    }
  });

  it('whose webhook was lost is found by the reconciliation', async () => {
    const { subscriber, id } = await subscribed(undefined);
    await control('/_local/webhooks', { drop: true });
    try {
      await stripe.subscriptions.cancel((await subscriber.subscription(id)).stripeSubscriptionId);
    } finally {
      await control('/_local/webhooks', { reset: true });
    }
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'active' });
    await reconcile(id);
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'canceled', keys: [{ isActive: false }] });
  });

  it('is not revived by a late event', async () => {
    const { subscriber, id, data } = await subscribed(undefined);
    await stripe.subscriptions.cancel(data.stripeSubscriptionId);
    await allWebhooksDelivered();
    const { data: events } = await stripe.events.list({ type: 'customer.subscription.created', limit: 100 });
    const created = events.find(({ data: { object } }) => (object as { id: string }).id === data.stripeSubscriptionId);
    const late = { ...created, id: `evt_late${Date.now()}` };
    (await postEvent(late as unknown as Record<string, unknown>)).expect(200);
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'canceled', availableCredits: 0 });
  });
});

describe('canceling', () => {
  it('takes effect at the end of the period, and can be undone until then', async () => {
    const { subscriber, id } = await subscribed(undefined);
    const send = (path: string) => subscriber.person.send('POST', path, { body: { subscriptionId: id } });
    expect((await send('/billing/cancel')).expect(200).data).toMatchObject({
      status: 'active',
      cancelAtPeriodEnd: true,
      nextPlanSlug: null,
      availableCredits: 2_500,
    });
    expect((await send('/billing/cancel')).expect(200).data.cancelAtPeriodEnd).toBe(true);
    expect((await send('/billing/resume')).expect(200).data).toMatchObject({ cancelAtPeriodEnd: false });
    await subscriber.advance(32 * DAY_SECONDS);
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'active' });
    await send('/billing/cancel');
    await subscriber.advance(32 * DAY_SECONDS);
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'canceled' });
    expect(await grantsOf(subscriber, id)).toHaveLength(2);
    (await send('/billing/resume')).expectError(409, 'SUBSCRIPTION_NOT_ACTIVE');
  });

  it('a plan for a term changes nothing, and the plan cannot be made to renew', async () => {
    const { subscriber, id } = await subscribed(undefined, { planSlug: 'pro' });
    const send = (path: string, more = {}) =>
      subscriber.person.send('POST', path, { body: { subscriptionId: id, ...more } });
    expect((await send('/billing/cancel')).expect(200).data).toMatchObject({ cancelAtPeriodEnd: true });
    (await send('/billing/resume')).expectError(409, 'SUBSCRIPTION_DOES_NOT_RENEW');
    (await send('/billing/change-plan', { planSlug: 'team' })).expectError(409, 'SUBSCRIPTION_DOES_NOT_RENEW');
  });

  it('a subscription that has ended at Stripe is a 409, and records the end', async () => {
    const { subscriber, id, data } = await subscribed(undefined);
    await control('/_local/webhooks', { drop: true });
    try {
      await stripe.subscriptions.cancel(data.stripeSubscriptionId);
    } finally {
      await control('/_local/webhooks', { reset: true });
    }
    const body = { subscriptionId: id };
    (await subscriber.person.send('POST', '/billing/cancel', { body })).expectError(409, 'SUBSCRIPTION_NOT_ACTIVE');
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'canceled', keys: [{ isActive: false }] });
  });
});

describe('changing the plan', () => {
  const change = (subscriber: Subscriber, subscriptionId: string, plan: Record<string, unknown>) =>
    subscriber.person.send('POST', '/billing/change-plan', { body: { subscriptionId, ...plan } });

  it('to yearly is charged at once and grants once; the month’s credits stay until the month’s end', async () => {
    const { subscriber, id } = await subscribed(undefined);
    await subscriber.advance(HOUR_SECONDS);
    const yearly = { planSlug: 'team', interval: 'year' };
    expect((await change(subscriber, id, yearly)).expect(200).data).toMatchObject({
      interval: 'year',
      creditsPerPeriod: 30_000,
      availableCredits: 32_500,
    });
    (await change(subscriber, id, yearly)).expect(200);
    await allWebhooksDelivered();
    expect(await grantsOf(subscriber, id)).toHaveLength(2);
    expect(await ordersOf(subscriber)).toMatchObject([
      { credits: 30_000, price: { unitAmountMinor: 99_000 } },
      { credits: 2_500 },
    ]);
  });

  it('with a declined card changes nothing', async () => {
    const { subscriber, id } = await subscribed(undefined);
    await subscriber.useCard('pm_card_chargeCustomerFail');
    const yearly = { planSlug: 'team', interval: 'year' };
    (await change(subscriber, id, yearly)).expectError(402, 'PAYMENT_DECLINED');
    await allWebhooksDelivered();
    expect(await subscriber.subscription(id)).toMatchObject({
      interval: 'month',
      status: 'active',
      availableCredits: 2_500,
    });
  });

  const biggerPrice = () =>
    stripe.prices.create({
      currency: 'usd',
      unit_amount: 19_900,
      recurring: { interval: 'month' },
      product_data: { name: 'Bigger' },
      metadata: { planSlug: 'bigger', planName: 'Bigger', interval: 'month', credits: '7000' },
    });

  it('back and forth many times grants exactly what the next invoice, with its many lines, pays for', async () => {
    const { subscriber, id, data } = await subscribed(LAST_MONTH);
    const { items } = await stripe.subscriptions.retrieve(data.stripeSubscriptionId);
    const { id: item = '', price } = items.data[0] ?? {};
    const bigger = await biggerPrice();
    for (let change = 0; change < 7; change += 1) {
      const next = change % 2 === 0 ? bigger.id : (price?.id ?? '');
      await stripe.subscriptions.update(data.stripeSubscriptionId, { items: [{ id: item, price: next }] });
    }
    await subscriber.advance(35 * DAY_SECONDS);
    const [renewal] = (await stripe.invoices.list({ subscription: data.stripeSubscriptionId })).data;
    expect(renewal?.lines.has_more).toBe(true);
    expect((await grantsOf(subscriber, id)).map(({ amountCredits }) => amountCredits)).toEqual([2_500, 7_000]);
  });

  it.each(['always_invoice', 'create_prorations', 'none'] as const)(
    'in the dashboard with %s grants nothing until the next period is paid',
    async (proration_behavior) => {
      const { subscriber, id, data } = await subscribed(LAST_MONTH);
      const bigger = await stripe.prices.create({
        currency: 'usd',
        unit_amount: 19_900,
        recurring: { interval: 'month' },
        product_data: { name: 'Bigger' },
        metadata: { planSlug: 'bigger', planName: 'Bigger', interval: 'month', credits: '7000' },
      });
      const { items } = await stripe.subscriptions.retrieve(data.stripeSubscriptionId);
      await stripe.subscriptions.update(data.stripeSubscriptionId, {
        items: [{ id: items.data[0]?.id ?? '', price: bigger.id }],
        proration_behavior,
      });
      await allWebhooksDelivered();
      expect(await grantsOf(subscriber, id)).toHaveLength(1);
      expect(await subscriber.subscription(id)).toMatchObject({ planSlug: 'team', nextPlanSlug: 'bigger' });
      await subscriber.advance(35 * DAY_SECONDS);
      expect(await subscriber.subscription(id)).toMatchObject({ planSlug: 'bigger', availableCredits: 7_000 });
      expect((await grantsOf(subscriber, id)).map(({ amountCredits }) => amountCredits)).toEqual([2_500, 7_000]);
    },
  );
});

describe('a refund', () => {
  it('of a period revokes its credits in the wallet of the subscription', async () => {
    const { subscriber, id } = await subscribed(undefined);
    const [order] = await ordersOf(subscriber);
    await stripe.refunds.create({ payment_intent: order.paymentId });
    await allWebhooksDelivered();
    expect(await subscriber.subscription(id)).toMatchObject({ status: 'active', availableCredits: 0 });
    expect(await ordersOf(subscriber)).toMatchObject([{ status: 'refunded' }]);
  });
});

describe('events of subscriptions that are not ours', () => {
  it('are marked and change nothing', async () => {
    const { subscriber, id, data } = await subscribed(undefined);
    const price = (await stripe.subscriptions.retrieve(data.stripeSubscriptionId)).items.data[0]?.price.id ?? '';
    const stranger = await Subscriber.create();
    await stranger.useCard('pm_card_visa');
    await stripe.subscriptions.create({
      customer: stranger.customer.id,
      items: [{ price }],
      metadata: { subscriptionId: id, orderId: data.orderId },
    });
    await stripe.subscriptions.create({ customer: stranger.customer.id, items: [{ price }] });
    await allWebhooksDelivered();
    expect(await grantsOf(subscriber, id)).toHaveLength(1);
    expect((await stranger.status()).subscriptions).toEqual([]);
    expect((await subscriber.subscription(id)).stripeSubscriptionId).toBe(data.stripeSubscriptionId);
  });
});

/** Makes a subscription due for a check, and runs the reconciliation, which reads no events. */
async function reconcile(subscriptionId: string): Promise<void> {
  await database().doc(`subscriptions/${subscriptionId}`).update({ nextSyncAt: '2020-01-01T00:00:00.000Z' });
  expect(await reconcileSubscriptions(suiteDeps())).toBeGreaterThan(0);
}
