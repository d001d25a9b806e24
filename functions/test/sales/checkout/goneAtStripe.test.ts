import { cardOf, customerOf, saveCard } from '../../support/cards.ts';
import { newCoupon } from '../../support/coupons.ts';
import { runScheduled, suiteDeps } from '../../support/functionsTest.ts';
import { allowInvoicing } from '../../support/invoicing.ts';
import { newAdmin, newPerson, newPersonUnverified, type Person, personWithCredits } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  onCheckoutPage,
  order,
  orderAnd,
  orderOf,
  resetLocalStripe,
  stripe,
} from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

let admin: Person;
let person: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalStripe);

const post = (path: string, body: object = {}, key?: string) =>
  person.send('POST', path, { body, idempotencyKey: key });
const pending = async () => (await person.send('GET', '/billing/orders?status=pending')).expect(200).data;
const accountOf = async (who: Person) => (await database().doc(`accounts/${who.accountId}`).get()).data() ?? {};
const customersOf = async (who: Person) => {
  const all = await stripe.customers.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return all.filter(({ metadata }) => metadata.accountId === who.accountId).map(({ id }) => id);
};

describe('a customer that was deleted at Stripe', () => {
  let lost: string;
  beforeEach(async () => {
    await saveCard(person);
    lost = (await customerOf(person)).id;
    await stripe.customers.del(lost);
  });

  const isReplaced = async () => {
    const { customerIds } = await accountOf(person);
    expect(customerIds.stripe).not.toBe(lost);
    expect(await customersOf(person)).toEqual([customerIds.stripe]);
  };

  it.each([
    ['/billing/checkout', { pack: 'starter' }],
    ['/billing/checkout', { planSlug: 'team' }],
    ['/billing/topup', { amount: 20, method: 'stripe' }],
    ['/billing/setup-intent', undefined],
    ['/billing/setup-checkout', {}],
    ['/billing/portal', {}],
  ])('is recreated by POST %s %j, even with an Idempotency-Key that was used before', async (path, body) => {
    (await person.send('POST', path, { ...(body && { body }), idempotencyKey: 'mine' })).expect(201);
    await isReplaced();
    const again = await person.send('POST', path, { ...(body && { body }), idempotencyKey: 'mine' });
    again.expect(201);
  });

  it('is recreated without an unverified email address', async () => {
    const unverified = await newPersonUnverified();
    const { id } = await saveCard(unverified).then(() => customerOf(unverified));
    await stripe.customers.del(id);
    (await unverified.send('POST', '/billing/checkout', { body: { pack: 'starter' } })).expect(201);
    expect(await customerOf(unverified)).toMatchObject({ id: expect.not.stringMatching(id), email: null });
  });

  it('is recreated once, however many requests come at once', async () => {
    const replies = await Promise.all([
      ...Array.from({ length: 4 }, () => post('/billing/checkout', { pack: 'starter' })),
      ...Array.from({ length: 4 }, () => person.send('POST', '/billing/setup-intent')),
      post('/billing/checkout', { planSlug: 'team' }),
    ]);
    for (const reply of replies) reply.expect(201);
    await isReplaced();
  });

  it('is recreated each time it is deleted', async () => {
    await order(person);
    const second = (await customerOf(person)).id;
    await stripe.customers.del(second);
    const { url, orderId } = await orderAnd(person, 'pay');
    expect(url).toBeDefined();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid' });
    expect(await customersOf(person)).toEqual([(await accountOf(person)).customerIds.stripe]);
  });

  it('is replaced on the order and the plan that wait for payment', async () => {
    const plan = (await post('/billing/checkout', { planSlug: 'team' })).expect(201).data;
    await onCheckoutPage(plan.url, 'pay');
    await allWebhooksDelivered();
    const { customerIds } = await accountOf(person);
    const stored = (await database().doc(`orders/${plan.orderId}`).get()).data();
    expect(stored).toMatchObject({ status: 'paid', customerId: customerIds.stripe });
    const { subscriptions } = (await person.send('GET', '/billing/status')).data;
    expect(subscriptions).toMatchObject([{ status: 'active', availableCredits: 2_500 }]);
  });

  it('leaves no pending order that would charge its card', async () => {
    const topUp = { amount: 20, method: 'stripe_direct' };
    (await post('/billing/topup', topUp)).expectError(402, 'PAYMENT_METHOD_REQUIRED');
    (await post('/billing/subscribe', { planSlug: 'team' })).expectError(402, 'PAYMENT_METHOD_REQUIRED');
    expect(await pending()).toEqual([]);
    expect((await person.send('GET', '/billing/payment-methods')).expect(200).data).toEqual([]);
    await saveCard(person);
    (await post('/billing/subscribe', { planSlug: 'team' })).expect(201);
    (await post('/billing/topup', topUp)).expect(201);
    await isReplaced();
    await allWebhooksDelivered();
  });

  it('is recreated for an invoice', async () => {
    await allowInvoicing(person.accountId, admin);
    const { data } = (await post('/billing/invoices', { amount: 500 }, 'mine')).expect(201);
    expect(data).toMatchObject({ status: 'pending', invoiceUrl: expect.any(String) });
    await isReplaced();
    await allWebhooksDelivered();
  });

  it('has no cards in an export', async () => {
    let path = '/account/export?limit=100';
    for (;;) {
      const { nextCursor } = (await person.send('GET', path)).expect(200).json;
      if (nextCursor === null) return;
      path = `/account/export?limit=100&cursor=${nextCursor}`;
    }
  });

  it('does not stop the erasure of the account', async () => {
    await expect(suiteDeps().providers.stripe.customers.forgetCustomer(lost)).resolves.toBeUndefined();
  });
});

it('ends a pending plan whose customer was deleted', async () => {
  await saveCard(person);
  const fault = { method: 'POST', path: '/v1/subscriptions', status: 500, times: 3 };
  (await control('/_local/faults', fault)).expect(200);
  (await post('/billing/subscribe', { planSlug: 'team' })).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
  await stripe.customers.del((await customerOf(person)).id);
  const [{ id }] = await pending();
  const createdAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
  await database().doc(`orders/${id}`).update({ createdAt });
  await runScheduled('reconcilePayments');
  expect(await pending()).toEqual([]);
});

describe('a price that was archived at Stripe', () => {
  const yearly = { planSlug: 'team', interval: 'year' };
  const priceOf = async (subscriptionId: string) =>
    (await stripe.subscriptions.retrieve(subscriptionId)).items.data[0]?.price.id ?? '';
  const archived = async () => {
    await saveCard(person);
    const { data } = (await post('/billing/subscribe', yearly)).expect(201);
    const price = await priceOf(data.stripeSubscriptionId);
    await stripe.prices.update(price, { active: false });
    await allWebhooksDelivered();
    person = await newPerson();
    return price;
  };

  it('is recreated for a new subscription, while existing subscriptions keep the old one', async () => {
    const old = await archived();
    await saveCard(person);
    const { data } = (await post('/billing/subscribe', yearly)).expect(201);
    const price = await priceOf(data.stripeSubscriptionId);
    expect(price).not.toBe(old);
    expect(await stripe.prices.retrieve(price)).toMatchObject({ active: true, unit_amount: 99_000 });
    await allWebhooksDelivered();
    const { subscriptions } = (await person.send('GET', '/billing/status')).data;
    expect(subscriptions).toMatchObject([{ status: 'active', interval: 'year', availableCredits: 30_000 }]);
  });

  it('is recreated for a page, once for many requests, and each time it is archived', async () => {
    const olds = [await archived()];
    for (const _round of [1, 2]) {
      const replies = await Promise.all(Array.from({ length: 4 }, () => post('/billing/checkout', yearly)));
      const sessions = replies.map((reply) => reply.expect(201).data.sessionId);
      const prices = new Set<string>();
      for (const session of sessions) {
        const { data } = await stripe.checkout.sessions.listLineItems(session);
        prices.add(data[0]?.price?.id ?? '');
      }
      expect(prices.size).toBe(1);
      const [price = ''] = prices;
      expect(olds).not.toContain(price);
      olds.push(price);
      await stripe.prices.update(price, { active: false });
    }
  });

  it('is recreated for a change of plan', async () => {
    await archived();
    await saveCard(person);
    const { data } = (await post('/billing/subscribe', { planSlug: 'team' })).expect(201);
    (await post('/billing/change-plan', { subscriptionId: data.subscriptionId, ...yearly })).expect(200);
    await allWebhooksDelivered();
  });
});

describe('a discount that was deleted at Stripe', () => {
  const coupon = () => newCoupon(admin, { percentOff: 10, maxRedemptionsPerAccount: 100 });
  const promotionOf = async (code: string) => (await stripe.promotionCodes.list({ code, active: true })).data;

  it.each([{ pack: 'starter' }, { planSlug: 'team' }])('is recreated once: %j', async (product) => {
    const couponCode = await coupon();
    await stripe.coupons.del(`cbb-${couponCode}`);
    const people = await Promise.all(Array.from({ length: 3 }, () => newPerson()));
    const replies = await Promise.all(
      people.map((each) => each.send('POST', '/billing/checkout', { body: { ...product, couponCode } })),
    );
    for (const reply of replies) reply.expect(201);
    const [promotion, ...others] = await promotionOf(couponCode);
    expect(others).toEqual([]);
    expect((await database().doc(`coupons/${couponCode}`).get()).get('provider.promotionCodeId')).toBe(promotion?.id);
    const [{ data }] = replies as [(typeof replies)[number]];
    await onCheckoutPage(data.url, 'pay');
    await allWebhooksDelivered();
    expect(await orderOf(people[0] as Person, data.orderId)).toMatchObject({ status: 'paid', couponCode });
  });

  it('is recreated when only its promotion code has ended', async () => {
    const couponCode = await coupon();
    const [promotion] = await promotionOf(couponCode);
    await stripe.promotionCodes.update(promotion?.id ?? '', { active: false });
    (await post('/billing/checkout', { pack: 'starter', couponCode })).expect(201);
    expect(await promotionOf(couponCode)).toHaveLength(1);
  });

  it('can still be disabled', async () => {
    const couponCode = await coupon();
    await stripe.coupons.del(`cbb-${couponCode}`);
    (await admin.send('POST', `/admin/coupons/${couponCode}/disable`, { body: {} })).expect(200);
    (await post('/billing/checkout', { pack: 'starter', couponCode })).expectError(404, 'COUPON_NOT_FOUND');
    expect(await pending()).toEqual([]);
  });
});

describe('a card that was removed at Stripe', () => {
  it('causes a 404, and the order that would charge it has failed', async () => {
    const card = await saveCard(person);
    const fault = { method: 'POST', path: '/v1/payment_intents', status: 500, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    const body = { amount: 20, method: 'stripe_direct', paymentMethodId: card };
    (await post('/billing/topup', body, 'mine')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    await stripe.paymentMethods.detach(card);
    (await post('/billing/topup', body, 'mine')).expectError(404, 'PAYMENT_METHOD_NOT_FOUND');
    expect(await pending()).toEqual([]);
    (await post('/billing/topup', body, 'mine')).expectError(409, 'ORDER_CLOSED');
    expect(await cardOf(person, card)).toBeUndefined();
  });

  it('pauses automatic top-up, and leaves no pending order', async () => {
    const { person: owner, key } = await personWithCredits(100);
    person = owner;
    const card = await saveCard(person);
    const rule = { enabled: true, thresholdCredits: 100, pack: 'starter', monthlyCap: 20 };
    (await person.send('PUT', '/billing/auto-topup', { body: rule })).expect(200);
    await stripe.customers.del((await customerOf(person)).id);
    (await key.charge({ operation: 'presetShare', quantity: 1 })).expect(201);
    await runScheduled('sweepTopUps');
    expect((await person.send('GET', '/billing/auto-topup')).data).toMatchObject({
      status: 'paused',
      pause: { code: 'payment_method_missing' },
    });
    expect(await pending()).toEqual([]);
    expect(await cardOf(person, card)).toBeUndefined();
  });
});

describe('an order that Stripe refuses', () => {
  it.each([
    ['/billing/checkout', { pack: 'starter' }],
    ['/billing/checkout', { planSlug: 'team' }],
    ['/billing/topup', { amount: 20, method: 'stripe' }],
  ])('because of the customer does not stay pending: POST %s %j', async (path, body) => {
    (await control('/_local/faults', { method: 'POST', path: '/v1/customers', status: 400, times: 1 })).expect(200);
    (await post(path, body)).expectError(502, 'PAYMENT_PROVIDER_REFUSED');
    expect(await pending()).toEqual([]);
  });

  it('because of a subscription’s card does not stay pending', async () => {
    await saveCard(person);
    (await control('/_local/faults', { method: 'POST', path: '/v1/customers/*', status: 400, times: 1 })).expect(200);
    (await post('/billing/subscribe', { planSlug: 'team' })).expectError(502, 'PAYMENT_PROVIDER_REFUSED');
    expect(await pending()).toEqual([]);
  });
});
