import { type OrderCheckout, type PageOrder, UNPAID_ENDS } from '../../../src/sales/orders/order.ts';
import { notePage } from '../../../src/sales/orders/orderPage.ts';
import { newCoupon } from '../../support/coupons.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  onCheckoutPage,
  resetLocalStripe,
  stripe,
} from '../../support/stripeControl.ts';
import { database, HOSTING_URL } from '../../support/suite.ts';

let admin: Person;
let person: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalStripe);

const coupon = (fields: object = { percentOff: 10 }) => newCoupon(admin, fields);
const checkout = (body: Record<string, unknown>, idempotencyKey?: string) =>
  person.send('POST', '/billing/checkout', { body, idempotencyKey });
const redemptionsOf = async (code: string) => (await database().doc(`coupons/${code}`).get()).get('redemptions');
const lifetimeOf = async (sessionId: string) => {
  const { created, expires_at } = await stripe.checkout.sessions.retrieve(sessionId);
  return expires_at - created;
};

describe('the page of an order with a coupon', () => {
  it.each([{ pack: 'starter' }, { planSlug: 'team' }])('closes after half an hour: %j', async (product) => {
    const { sessionId } = (await checkout({ ...product, couponCode: await coupon() })).expect(201).data;
    const seconds = await lifetimeOf(sessionId);
    expect(seconds).toBeGreaterThanOrEqual(30 * 60);
    expect(seconds).toBeLessThanOrEqual(31 * 60);
    const without = (await checkout(product)).expect(201).data;
    expect(await lifetimeOf(without.sessionId)).toBe(24 * 60 * 60);
  });

  it.each([{ pack: 'starter' }, { planSlug: 'team' }])(
    'is returned again for a repeated request: %j',
    async (product) => {
      const couponCode = await coupon({ percentOff: 10, maxRedemptions: 1 });
      const first = (await checkout({ ...product, couponCode }, 'one')).expect(201);
      for (const key of [undefined, 'two', undefined]) {
        const again = (await checkout({ ...product, couponCode: couponCode.toLowerCase() }, key)).expect(201);
        expect(again.data).toEqual(first.data);
        expect(again.headers.get('idempotent-replayed')).toBe('true');
      }
      expect((await person.send('GET', '/billing/orders')).data).toHaveLength(1);
      expect(await redemptionsOf(couponCode)).toBe(1);
    },
  );

  it('is one page for many requests at once', async () => {
    const couponCode = await coupon({ percentOff: 10, maxRedemptions: 1 });
    const replies = await Promise.all(Array.from({ length: 6 }, () => checkout({ pack: 'starter', couponCode })));
    expect(new Set(replies.map((reply) => reply.expect(201).data.sessionId)).size).toBe(1);
    expect(await redemptionsOf(couponCode)).toBe(1);
  });

  it('is another page for another product, return address, coupon or account', async () => {
    const couponCode = await coupon({ percentOff: 10, maxRedemptionsPerAccount: 10 });
    const first = (await checkout({ pack: 'starter', couponCode })).expect(201).data;
    const others = [
      { pack: 'growth', couponCode },
      { pack: 'starter', couponCode, currency: 'eur' },
      { pack: 'starter', couponCode, successUrl: `${HOSTING_URL}/elsewhere` },
      { pack: 'starter', couponCode: await coupon() },
      { planSlug: 'team', couponCode },
      { planSlug: 'team', couponCode, interval: 'year' },
      { pack: 'starter' },
    ];
    const ids = [first.orderId];
    for (const body of others) ids.push((await checkout(body)).expect(201).data.orderId);
    expect(new Set(ids).size).toBe(others.length + 1);
    const stranger = await newPerson();
    const body = { pack: 'starter', couponCode };
    const { orderId } = (await stranger.send('POST', '/billing/checkout', { body })).expect(201).data;
    expect(ids).not.toContain(orderId);
  });

  it('is another page after the first one is paid or closed', async () => {
    const couponCode = await coupon({ percentOff: 10, maxRedemptionsPerAccount: 10 });
    const body = { pack: 'starter', couponCode };
    const paid = (await checkout(body)).expect(201).data;
    await onCheckoutPage(paid.url, 'pay');
    await allWebhooksDelivered();
    const closed = (await checkout(body)).expect(201).data;
    expect(closed.orderId).not.toBe(paid.orderId);
    await stripe.checkout.sessions.expire(closed.sessionId);
    await allWebhooksDelivered();
    expect((await checkout(body)).expect(201).data.orderId).not.toBe(closed.orderId);
    expect(await redemptionsOf(couponCode)).toBe(2);
  });

  it('is opened by the second request if the first one failed', async () => {
    const couponCode = await coupon({ percentOff: 10, maxRedemptions: 1 });
    const fault = { method: 'POST', path: '/v1/checkout/sessions', status: 500, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await checkout({ pack: 'starter', couponCode })).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    const { orderId } = (await checkout({ pack: 'starter', couponCode })).expect(201).data;
    expect((await person.send('GET', '/billing/orders')).data).toMatchObject([{ id: orderId, status: 'pending' }]);
  });
});

it('closes the page and gives the coupon’s use back once if the order is canceled while its page opens', async () => {
  const couponCode = await coupon({ percentOff: 10, maxRedemptionsPerAccount: 100 });
  (await checkout({ pack: 'growth', couponCode })).expect(201);
  const { orderId } = (await checkout({ pack: 'starter', couponCode })).expect(201).data;
  const deps = suiteDeps();
  const { checkout: page, ...unopened } = (await deps.orders.find(orderId)) as PageOrder;
  await database().doc(`orders/${orderId}`).update({ checkout: null });
  // The order as it was read before it was canceled; its page arrives later.
  const stale: PageOrder = { ...unopened, checkout: null };
  (await person.send('POST', `/billing/orders/${orderId}/cancel`)).expect(200);
  expect(await redemptionsOf(couponCode)).toBe(1);
  const opened = { ...(page as OrderCheckout), discountMinor: stale.discount?.amountMinor ?? 0 };
  const noted = notePage(deps, stale, { opened, discount: stale.discount, customerId: stale.customerId });
  await expect(noted).rejects.toMatchObject({ code: 'ORDER_CLOSED' });
  await allWebhooksDelivered();
  expect(await redemptionsOf(couponCode)).toBe(1);
  expect(await stripe.checkout.sessions.retrieve(opened.sessionId)).toMatchObject({ status: 'expired' });
});

it('counts exactly the uses that orders hold, whatever is opened, paid, closed and canceled at once', async () => {
  const couponCode = await coupon({ percentOff: 10, maxRedemptionsPerAccount: 1_000 });
  (await control('/_local/webhooks', { duplicate: 2, shuffle: true, concurrency: 4 })).expect(200);
  const packs = ['starter', 'growth', 'starter', 'growth', 'starter', 'growth', 'starter', 'growth'];
  await Promise.all(
    packs.map(async (pack, index) => {
      const urls = { successUrl: `${HOSTING_URL}/${index}` };
      const body = { pack, couponCode, ...urls };
      const [first] = await Promise.all([checkout(body), checkout(body)]);
      const { orderId, sessionId, url } = first.expect(201).data;
      const cancel = () => person.send('POST', `/billing/orders/${orderId}/cancel`);
      const expire = () => stripe.checkout.sessions.expire(sessionId).catch(() => null);
      const pay = () => onCheckoutPage(url, 'pay');
      const actions =
        [
          [cancel, cancel],
          [pay, cancel],
          [expire, cancel],
          [pay, expire],
        ][index % 4] ?? [];
      await Promise.all(actions.map((action) => action()));
    }),
  );
  await allWebhooksDelivered();
  const { docs } = await database().collection('orders').where('accountId', '==', person.accountId).get();
  const orders = docs.map((document) => document.data());
  for (const { status, discount } of orders) expect(discount.isCounted).toBe(!UNPAID_ENDS.includes(status));
  expect(orders.length).toBeGreaterThanOrEqual(packs.length);
  expect(await redemptionsOf(couponCode)).toBe(orders.filter(({ discount }) => discount.isCounted).length);
});
