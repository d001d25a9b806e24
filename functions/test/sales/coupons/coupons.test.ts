import { newCoupon, newCouponCode } from '../../support/coupons.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  eventOf,
  newEventId,
  onCheckoutPage,
  orderOf,
  postEvent,
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

const create = (body: Record<string, unknown>, idempotencyKey?: string) =>
  admin.send('POST', '/admin/coupons', {
    body,
    idempotencyKey,
  });
const coupon = (fields: object) => newCoupon(admin, fields);
const redeem = (who: Person, code: string, idempotencyKey?: string) =>
  who.send('POST', '/billing/coupons/redeem', {
    body: { code },
    idempotencyKey,
  });
const checkout = (who: Person, couponCode: string, fields: Record<string, unknown> = {}, idempotencyKey?: string) =>
  who.send('POST', '/billing/checkout', {
    body: { pack: 'starter', couponCode, ...fields },
    idempotencyKey,
  });
async function redemptionsOf(code: string): Promise<number> {
  return (await database().doc(`coupons/${code}`).get()).data()?.redemptions;
}

describe('operators', () => {
  it('create, list and disable coupons', async () => {
    const code = newCouponCode();
    const created = (await create({ code: code.toLowerCase(), credits: 50, name: 'Welcome' })).expect(201).data;
    expect(created).toEqual({
      id: code,
      code,
      name: 'Welcome',
      status: 'active',
      type: 'credits',
      credits: 50,
      creditsExpireAfterDays: null,
      percentOff: null,
      amountsOffMinor: null,
      packs: null,
      plans: null,
      redemptions: 0,
      maxRedemptions: null,
      maxRedemptionsPerAccount: 1,
      expiresAt: null,
      disabledAt: null,
      createdAt: expect.any(String),
    });
    await coupon({ percentOff: 10 });
    const first = (await admin.send('GET', '/admin/coupons?limit=1')).expect(200).json;
    const second = (await admin.send('GET', `/admin/coupons?limit=1&cursor=${first.nextCursor}`)).expect(200).json;
    expect(second.data).toEqual([created]);
    const disable = () => admin.send('POST', `/admin/coupons/${code.toLowerCase()}/disable`, { body: {} });
    const disabled = (await disable()).expect(200).data;
    expect(disabled).toMatchObject({ status: 'disabled', disabledAt: expect.any(String) });
    expect((await disable()).expect(200).data).toEqual(disabled);
    (await redeem(person, code)).expectError(404, 'COUPON_NOT_FOUND');
  });

  it('create each code once, whatever its case', async () => {
    const body = { code: newCouponCode(), credits: 5 };
    const first = (await create(body, body.code)).expect(201);
    const again = (await create(body, body.code)).expect(201);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    (await create({ ...body, credits: 6 }, body.code)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    (await create({ ...body, code: newCouponCode() }, body.code)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    (await create({ ...body, code: body.code.toLowerCase() })).expectError(409, 'COUPON_EXISTS');
  });

  it("create a discount that Stripe doesn't have yet by repeating the request", async () => {
    (await control('/_local/faults', { method: 'POST', path: '/v1/promotion_codes', status: 500, times: 3 })).expect(
      200,
    );
    const body = { code: newCouponCode(), amountsOffMinor: { usd: 300, eur: 250 } };
    (await create(body)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    (await checkout(person, body.code)).expectError(409, 'COUPON_NOT_APPLICABLE');
    (await create(body)).expect(201);
    (await create(body)).expectError(409, 'COUPON_EXISTS');
    const [promotion] = (await stripe.promotionCodes.list({ code: body.code })).data;
    expect(promotion).toMatchObject({ active: true, code: body.code });
    (await checkout(person, body.code)).expect(201);
  });

  it('end a discount at Stripe as well', async () => {
    const code = await coupon({ percentOff: 20 });
    (await admin.send('POST', `/admin/coupons/${code}/disable`, { body: {} })).expect(200);
    expect((await stripe.promotionCodes.list({ code })).data).toMatchObject([{ active: false }]);
    (await checkout(person, code)).expectError(404, 'COUPON_NOT_FOUND');
  });

  it.each([
    [{}, 'credits'],
    [{ credits: 1, percentOff: 1 }, 'credits'],
    [{ credits: 0 }, 'credits'],
    [{ credits: 1.5 }, 'credits'],
    [{ percentOff: 0 }, 'percentOff'],
    [{ percentOff: 101 }, 'percentOff'],
    [{ percentOff: 12.5 }, 'percentOff'],
    [{ amountsOffMinor: {} }, 'amountsOffMinor'],
    [{ amountsOffMinor: { usd: 0 } }, 'amountsOffMinor.usd'],
    [{ amountsOffMinor: { xyz: 5 } }, 'amountsOffMinor.xyz'],
    [{ credits: 1, code: 'abc' }, 'code'],
    [{ credits: 1, code: 'with space' }, 'code'],
    [{ credits: 1, code: '../admin' }, 'code'],
    [{ credits: 1, packs: ['starter'] }, 'packs'],
    [{ percentOff: 1, packs: [] }, 'packs'],
    [{ percentOff: 1, creditsExpireAfterDays: 5 }, 'creditsExpireAfterDays'],
    [{ credits: 1, maxRedemptions: 0 }, 'maxRedemptions'],
    [{ credits: 1, maxRedemptionsPerAccount: 0 }, 'maxRedemptionsPerAccount'],
    [{ credits: 1, expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ])('are told the wrong field of %j', async (fields, field) => {
    (await create({ code: newCouponCode(), ...fields })).expectError(400, 'INVALID_REQUEST', field);
  });
});

describe('bonus credits', () => {
  it('are granted once per account, and expire if the coupon says so', async () => {
    const code = await coupon({ credits: 40, creditsExpireAfterDays: 30 });
    const { data } = (await redeem(person, code.toLowerCase())).expect(201);
    expect(data).toMatchObject({ code, amountCredits: 40, balanceAfterCredits: 40 });
    const days = (Date.parse(data.creditsExpireAt) - Date.parse(data.redeemedAt)) / 86_400_000;
    expect(Math.round(days * 1000) / 1000).toBe(30);
    expect(await person.credits()).toMatchObject({
      availableCredits: 40,
      totalGrantedCredits: 40,
      lots: [{ source: 'promotion', remainingCredits: 40, expiresAt: data.creditsExpireAt }],
    });
    expect(await readLedger(person.accountId)).toMatchObject([{ kind: 'grant', id: data.transactionId }]);
    (await redeem(person, code)).expectError(409, 'COUPON_ALREADY_USED');
    (await redeem(await newPerson(), code)).expect(201);
    await auditWallet(person.accountId);
  });

  it('are granted once per Idempotency-Key, even for requests at once', async () => {
    const code = await coupon({ credits: 40, maxRedemptionsPerAccount: 100 });
    const replies = await Promise.all(Array.from({ length: 5 }, () => redeem(person, code, 'mine')));
    const ids = replies.map((reply) => reply.expect(201).data.transactionId);
    expect(new Set(ids).size).toBe(1);
    expect((await redeem(person, code, 'mine')).expect(201).headers.get('idempotent-replayed')).toBe('true');
    (await redeem(person, await coupon({ credits: 1 }), 'mine')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    expect((await person.credits()).availableCredits).toBe(40);
    expect(await redemptionsOf(code)).toBe(1);
    (await redeem(person, code, 'another')).expect(201);
    expect((await person.credits()).availableCredits).toBe(80);
  });

  it('of the last use go to exactly one of many accounts', async () => {
    const code = await coupon({ credits: 10, maxRedemptions: 1 });
    const people = await Promise.all(Array.from({ length: 8 }, () => newPerson()));
    const replies = await Promise.all(people.map((each) => redeem(each, code)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const reply of replies) if (reply.status !== 201) reply.expectError(409, 'COUPON_USED_UP');
    const balances = await Promise.all(people.map(async (each) => (await each.credits()).availableCredits));
    expect(balances.sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 10]);
    expect(await redemptionsOf(code)).toBe(1);
  });

  it('are granted once to an account, however many requests come at once', async () => {
    const code = await coupon({ credits: 10 });
    const replies = await Promise.all(Array.from({ length: 8 }, () => redeem(person, code)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await auditWallet(person.accountId)).availableCredits).toBe(10);
  });

  it('reduce a debt first', async () => {
    const paid = (await checkout(person, await coupon({ percentOff: 10 }))).expect(201).data;
    await onCheckoutPage(paid.url, 'pay');
    await allWebhooksDelivered();
    const key = await person.createKey();
    (await key.charge({ operation: 'presetShare', quantity: 10 })).expect(201);
    (await admin.send('POST', `/admin/orders/${paid.orderId}/refund`, { body: {} })).expect(201);
    await allWebhooksDelivered();
    const { data } = (await redeem(person, await coupon({ credits: 30, creditsExpireAfterDays: 1 }))).expect(201);
    expect(data).toMatchObject({ amountCredits: 30, creditsExpireAt: null, balanceAfterCredits: -70 });
  });

  it('require a code that exists, has not expired, and is not a discount', async () => {
    (await redeem(person, newCouponCode())).expectError(404, 'COUPON_NOT_FOUND');
    for (const code of ['', 'a', 'a/b', '__x__', 'ä'.repeat(5), 'x'.repeat(41)]) {
      (await redeem(person, code)).expectError(400, 'INVALID_REQUEST', 'code');
    }
    (await redeem(person, await coupon({ percentOff: 10 }))).expectError(409, 'COUPON_NOT_APPLICABLE');
    const expired = await coupon({ credits: 10, expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await database().doc(`coupons/${expired}`).update({ expiresAt: '2026-01-01T00:00:00.000Z' });
    (await redeem(person, expired)).expectError(409, 'COUPON_EXPIRED');
    const key = await person.createKey();
    const body = { code: newCouponCode() };
    (await key.send('POST', '/billing/coupons/redeem', { body })).expectError(403, 'CREDENTIAL_NOT_ALLOWED');
  });

  it('cannot be found by guessing, because an account has thirty attempts per minute', async () => {
    // A minute may end between two attempts, even between the thirtieth and the next one.
    for (let count = 0; count <= 60; count += 1) {
      const reply = await redeem(person, newCouponCode());
      if (reply.status !== 404) {
        expect(reply.expectError(429, 'RATE_LIMITED').headers.get('retry-after')).toBe('60');
        return;
      }
    }
    throw new Error('more than sixty attempts were allowed');
  });
});

describe('a discount', () => {
  it('is deducted on the page, and the order shows price, discount and total', async () => {
    const code = await coupon({ percentOff: 25, packs: ['starter'] });
    const { data } = (await checkout(person, code.toLowerCase())).expect(201);
    expect(await stripe.checkout.sessions.retrieve(data.sessionId)).toMatchObject({
      amount_subtotal: 999,
      amount_total: 749,
      discounts: [{ promotion_code: expect.stringMatching(/^promo_/) }],
    });
    await onCheckoutPage(data.url, 'pay');
    await allWebhooksDelivered();
    expect(await orderOf(person, data.orderId)).toMatchObject({
      status: 'paid',
      credits: 100,
      couponCode: code,
      price: { unitAmountMinor: 999 },
      discountAmountMinor: 250,
      total: { unitAmountMinor: 749, formatted: '$7.49' },
    });
    expect((await person.send('GET', '/billing/history')).data).toMatchObject([
      { price: { unitAmountMinor: 999 }, discountAmountMinor: 250, total: { unitAmountMinor: 749 }, couponCode: code },
    ]);
    expect((await person.credits()).availableCredits).toBe(100);
    expect(await redemptionsOf(code)).toBe(1);
    (await checkout(person, code)).expectError(409, 'COUPON_ALREADY_USED');
    const refunded = (await admin.send('POST', `/admin/orders/${data.orderId}/refund`, { body: {} })).expect(201);
    expect(refunded.data.order).toMatchObject({ status: 'refunded', refundedAmountMinor: 749, revokedCredits: 100 });
    await allWebhooksDelivered();
  });

  it.each([
    ['usd', 699],
    ['eur', 699],
  ])('of an amount has its own amount in %s', async (currency, total) => {
    const code = await coupon({ amountsOffMinor: { usd: 300, eur: 250 } });
    const { data } = (await checkout(person, code, { currency })).expect(201);
    expect(await stripe.checkout.sessions.retrieve(data.sessionId)).toMatchObject({ amount_total: total, currency });
  });

  it('of 100 % adds the credits without a payment', async () => {
    const code = await coupon({ percentOff: 100, maxRedemptions: 1 });
    const { data } = (await checkout(person, code)).expect(201);
    const opened = JSON.parse(JSON.stringify(await stripe.checkout.sessions.retrieve(data.sessionId)));
    const early = { id: newEventId(), object: 'event', type: 'checkout.session.completed', data: { object: opened } };
    (await postEvent(early)).expect(200);
    expect((await person.credits()).availableCredits).toBe(0);
    await onCheckoutPage(data.url, 'pay');
    await allWebhooksDelivered();
    const order = await orderOf(person, data.orderId);
    expect(order).toMatchObject({ status: 'paid', total: { unitAmountMinor: 0 }, paymentId: data.sessionId });
    expect((await person.credits()).availableCredits).toBe(100);
    const event = JSON.parse(JSON.stringify(await eventOf('checkout.session.completed', data.sessionId)));
    (await postEvent({ ...event, id: newEventId() })).expect(200);
    expect(await readLedger(person.accountId)).toHaveLength(1);
    (await admin.send('POST', `/admin/orders/${data.orderId}/refund`, { body: {} })).expectError(
      409,
      'ORDER_NOT_REFUNDABLE',
    );
  });

  it('that does not apply is refused, and no order is placed', async () => {
    for (const fields of [
      { percentOff: 10, packs: ['growth'] },
      { percentOff: 10, packs: ['growth'], plans: ['pro'] },
      { amountsOffMinor: { gbp: 100 } },
      { percentOff: 99 },
      { credits: 10 },
    ]) {
      (await checkout(person, await coupon(fields))).expectError(409, 'COUPON_NOT_APPLICABLE');
    }
    (await checkout(person, newCouponCode())).expectError(404, 'COUPON_NOT_FOUND');
    (await checkout(person, 'no code')).expectError(400, 'INVALID_REQUEST', 'couponCode');
    expect((await person.send('GET', '/billing/orders')).data).toEqual([]);
  });

  it('is used by one order per Idempotency-Key, and a repetition succeeds even when it is used up', async () => {
    const code = await coupon({ percentOff: 10, maxRedemptions: 1 });
    const replies = await Promise.all(Array.from({ length: 5 }, () => checkout(person, code, {}, 'mine')));
    const ids = replies.map((reply) => reply.expect(201).data.orderId);
    expect(new Set(ids).size).toBe(1);
    expect(await redemptionsOf(code)).toBe(1);
    (await checkout(person, code, {}, 'mine')).expect(201);
    (await checkout(await newPerson(), code)).expectError(409, 'COUPON_USED_UP');
  });

  it('gives its last use to exactly one of many orders at once', async () => {
    const code = await coupon({ percentOff: 10, maxRedemptions: 1 });
    const people = await Promise.all(Array.from({ length: 6 }, () => newPerson()));
    const replies = await Promise.all(people.map((each) => checkout(each, code)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const reply of replies) if (reply.status !== 201) reply.expectError(409, 'COUPON_USED_UP');
    expect(await redemptionsOf(code)).toBe(1);
  });

  it('gets its use back once when its order expires, however often the event arrives', async () => {
    const code = await coupon({ percentOff: 10, maxRedemptions: 1 });
    const { data } = (await checkout(person, code)).expect(201);
    await stripe.checkout.sessions.expire(data.sessionId);
    await allWebhooksDelivered();
    expect((await orderOf(person, data.orderId)).status).toBe('expired');
    const event = JSON.parse(JSON.stringify(await eventOf('checkout.session.expired', data.sessionId)));
    await Promise.all([1, 2, 3].map(async () => (await postEvent({ ...event, id: newEventId() })).expect(200)));
    expect(await redemptionsOf(code)).toBe(0);
    (await checkout(person, code)).expect(201);
    expect(await redemptionsOf(code)).toBe(1);
  });

  it('gets its use back when Stripe refuses the checkout, or when no checkout was opened', async () => {
    const code = await coupon({ percentOff: 10, maxRedemptions: 1 });
    const fault = { method: 'POST', path: '/v1/checkout/sessions' };
    (await control('/_local/faults', { ...fault, status: 400, times: 1 })).expect(200);
    (await checkout(person, code)).expectError(502, 'PAYMENT_PROVIDER_REFUSED');
    expect(await redemptionsOf(code)).toBe(0);
    (await control('/_local/faults', { ...fault, status: 500, times: 3 })).expect(200);
    (await checkout(person, code)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect(await redemptionsOf(code)).toBe(1);
    const [{ id }] = (await person.send('GET', '/billing/orders')).data;
    const createdAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
    await database().doc(`orders/${id}`).update({ createdAt });
    await runScheduled('reconcilePayments');
    expect(await redemptionsOf(code)).toBe(0);
  });

  it('stays used by a delayed payment until that payment has failed', async () => {
    const code = await coupon({ percentOff: 10, maxRedemptions: 1 });
    const { data } = (await checkout(person, code)).expect(201);
    await onCheckoutPage(data.url, 'delayed');
    await allWebhooksDelivered();
    expect(await redemptionsOf(code)).toBe(1);
    (await control(`/_local/payments/${data.sessionId}`, { action: 'fail' })).expect(200);
    await allWebhooksDelivered();
    expect((await orderOf(person, data.orderId)).status).toBe('failed');
    expect(await redemptionsOf(code)).toBe(0);
  });
});

describe('a discount on a plan', () => {
  const planCheckout = (couponCode: string, idempotencyKey?: string) =>
    person.send('POST', '/billing/checkout', {
      body: { planSlug: 'pro', couponCode },
      idempotencyKey,
    });

  it('reduces the price of the first period', async () => {
    const code = await coupon({ percentOff: 20, plans: ['pro'], maxRedemptions: 1 });
    const { data } = (await planCheckout(code)).expect(201);
    expect(await redemptionsOf(code)).toBe(1);
    await onCheckoutPage(data.url, 'pay');
    await allWebhooksDelivered();
    const order = await orderOf(person, data.orderId);
    expect(order).toMatchObject({
      kind: 'plan',
      status: 'paid',
      credits: 1_000,
      couponCode: code,
      price: { unitAmountMinor: 4_999 },
      discountAmountMinor: 1_000,
      total: { unitAmountMinor: 3_999 },
    });
    expect((await person.send('GET', '/billing/status')).data.subscriptions).toMatchObject([{ planSlug: 'pro' }]);
    expect(await redemptionsOf(code)).toBe(1);
    const refunded = (await admin.send('POST', `/admin/orders/${data.orderId}/refund`, { body: {} })).expect(201);
    expect(refunded.data.order).toMatchObject({ refundedAmountMinor: 3_999, revokedCredits: 1_000 });
    await allWebhooksDelivered();
  });

  it('of 100 % starts the plan without a payment', async () => {
    const { data } = (await planCheckout(await coupon({ percentOff: 100 }))).expect(201);
    await onCheckoutPage(data.url, 'pay');
    await allWebhooksDelivered();
    expect(await orderOf(person, data.orderId)).toMatchObject({ status: 'paid', total: { unitAmountMinor: 0 } });
    const { subscriptions } = (await person.send('GET', '/billing/status')).data;
    expect(subscriptions).toMatchObject([{ planSlug: 'pro', status: 'active' }]);
  });

  it('is used by one order per Idempotency-Key, and gets its use back when the page expires', async () => {
    const code = await coupon({ amountsOffMinor: { usd: 500 }, maxRedemptions: 1 });
    const replies = await Promise.all([1, 2, 3].map(() => planCheckout(code, 'mine')));
    expect(new Set(replies.map((reply) => reply.expect(201).data.orderId)).size).toBe(1);
    expect((await planCheckout(code)).expect(201).data).toEqual(replies[0]?.data);
    await stripe.checkout.sessions.expire(replies[0]?.data.sessionId);
    await allWebhooksDelivered();
    expect(await redemptionsOf(code)).toBe(0);
    (await planCheckout(await coupon({ percentOff: 10, packs: ['starter'], plans: ['team'] }))).expectError(
      409,
      'COUPON_NOT_APPLICABLE',
    );
  });
});
