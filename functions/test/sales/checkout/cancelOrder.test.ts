import { newCoupon } from '../../support/coupons.ts';
import { creemDelivered, creemOrder, onCreemPage, resetLocalCreem } from '../../support/creemControl.ts';
import { auditWallet } from '../../support/ledger.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
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
afterEach(async () => {
  await resetLocalStripe();
  await resetLocalCreem();
});

const cancel = (orderId: string, who = person) => who.send('POST', `/billing/orders/${orderId}/cancel`);
const credits = async () => (await person.credits()).availableCredits;
const coupon = (fields: object = { percentOff: 10, maxRedemptions: 1 }) => newCoupon(admin, fields);
const redemptionsOf = async (code: string) => (await database().doc(`coupons/${code}`).get()).get('redemptions');
const checkout = async (body: Record<string, unknown>, key?: string) =>
  (await person.send('POST', '/billing/checkout', { body, idempotencyKey: key })).expect(201).data;

describe('an order that is given up', () => {
  it('has no page any more, frees its coupon once, and stays canceled however often it is asked', async () => {
    const code = await coupon();
    const { orderId, sessionId, url } = await checkout({ pack: 'starter', couponCode: code });
    const replies = await Promise.all([1, 2, 3].map(() => cancel(orderId)));
    for (const reply of replies) expect(reply.expect(200).data).toMatchObject({ id: orderId, status: 'canceled' });
    await allWebhooksDelivered();
    expect((await cancel(orderId)).expect(200).data).toEqual(await orderOf(person, orderId));
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'canceled', checkoutUrl: null });
    expect(await stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({ status: 'expired' });
    expect((await onCheckoutPage(url, 'pay')).status).toBe(410);
    expect(await redemptionsOf(code)).toBe(0);
    const again = await checkout({ pack: 'starter', couponCode: code });
    expect(again.orderId).not.toBe(orderId);
    expect(await redemptionsOf(code)).toBe(1);
  });

  it('can have been a plan’s, whose subscription never begins', async () => {
    const code = await coupon();
    const { orderId, url } = await checkout({ planSlug: 'team', couponCode: code });
    expect((await cancel(orderId)).expect(200).data).toMatchObject({ kind: 'plan', status: 'canceled' });
    await allWebhooksDelivered();
    expect((await onCheckoutPage(url, 'pay')).status).toBe(410);
    const stored = await database().collection('subscriptions').where('orderId', '==', orderId).get();
    expect(stored.docs.map((document) => document.data())).toMatchObject([{ status: 'failed', nextSyncAt: null }]);
    expect(await redemptionsOf(code)).toBe(0);
  });

  it('can have been a top-up’s', async () => {
    const body = { amount: 20, method: 'stripe' };
    const { orderId } = (await person.send('POST', '/billing/topup', { body })).expect(201).data;
    expect((await cancel(orderId)).expect(200).data).toMatchObject({ kind: 'topup', status: 'canceled' });
  });

  it('is not opened again by repeating its request', async () => {
    const { orderId } = await checkout({ pack: 'starter' }, 'mine');
    (await cancel(orderId)).expect(200);
    const again = await person.send('POST', '/billing/checkout', { body: { pack: 'starter' }, idempotencyKey: 'mine' });
    again.expectError(409, 'ORDER_CLOSED');
  });

  it('can be one whose page was never opened, because Stripe did not answer', async () => {
    const fault = { method: 'POST', path: '/v1/checkout/sessions', status: 500, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    const code = await coupon();
    const body = { pack: 'starter', couponCode: code };
    (await person.send('POST', '/billing/checkout', { body })).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    const [{ id }] = (await person.send('GET', '/billing/orders')).data;
    expect((await cancel(id)).expect(200).data.status).toBe('canceled');
    expect(await redemptionsOf(code)).toBe(0);
  });

  it('can be one that has expired just before', async () => {
    const { orderId, sessionId } = await order(person);
    await stripe.checkout.sessions.expire(sessionId);
    await allWebhooksDelivered();
    expect((await orderOf(person, orderId)).status).toBe('expired');
    expect((await cancel(orderId)).expect(200).data.status).toBe('canceled');
  });

  it('stays open while Stripe does not answer', async () => {
    const { orderId } = await order(person);
    const fault = { method: 'POST', path: '/v1/checkout/sessions/*/expire', status: 500, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await cancel(orderId)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect((await cancel(orderId)).expect(200).data.status).toBe('canceled');
  });
});

describe('an order that is not given up', () => {
  it('is one that is paid, also when no webhook has told of that yet', async () => {
    const paid = await orderAnd(person, 'pay');
    (await cancel(paid.orderId)).expectError(409, 'ORDER_NOT_CANCELABLE');
    (await control('/_local/webhooks', { drop: true })).expect(200);
    const unheard = await order(person);
    await onCheckoutPage(unheard.url, 'pay');
    const refused = await cancel(unheard.orderId);
    expect(refused.expectError(409, 'ORDER_NOT_CANCELABLE').json.error.details).toMatchObject({ status: 'paid' });
    expect(await credits()).toBe(200);
    await auditWallet(person.accountId);
  });

  it('is a plan that is paid, also when no webhook has told of that yet', async () => {
    (await control('/_local/webhooks', { drop: true })).expect(200);
    const { orderId, url } = await checkout({ planSlug: 'team' });
    await onCheckoutPage(url, 'pay');
    (await cancel(orderId)).expectError(409, 'ORDER_NOT_CANCELABLE');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', credits: 2_500 });
    expect((await person.send('GET', '/billing/status')).data.subscriptions).toMatchObject([{ status: 'active' }]);
  });

  it('is one whose payment is on its way, which is credited when it arrives', async () => {
    const { orderId, sessionId } = await orderAnd(person, 'delayed');
    (await cancel(orderId)).expectError(409, 'ORDER_NOT_CANCELABLE');
    (await control(`/_local/payments/${sessionId}`, { action: 'settle' })).expect(200);
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid' });
    expect(await credits()).toBe(100);
  });

  it('is one that is not paid on a page', async () => {
    const body = { amount: 20, method: 'stripe_direct' };
    (await person.send('POST', '/billing/topup', { body })).expectError(402, 'PAYMENT_METHOD_REQUIRED');
    await database()
      .doc('orders/ord_of_no_page')
      .set({ id: 'ord_of_no_page', accountId: person.accountId, method: 'direct', status: 'pending', kind: 'topup' });
    (await cancel('ord_of_no_page')).expectError(409, 'ORDER_NOT_CANCELABLE');
    await database().doc('orders/ord_of_no_page').delete();
  });

  it('is somebody else’s, or none at all', async () => {
    const { orderId, sessionId } = await order(person);
    (await cancel(orderId, await newPerson())).expectError(404, 'ORDER_NOT_FOUND');
    (await cancel('ord_none')).expectError(404, 'ORDER_NOT_FOUND');
    expect(await stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({ status: 'open' });
  });
});

it('of paying and giving up at once exactly one happens, and nothing is lost', async () => {
  const started = await Promise.all(Array.from({ length: 6 }, () => order(person)));
  const results = await Promise.all(
    started.map(async ({ orderId, url }, index) => {
      const [paying, canceling] = index % 2 === 0 ? ['pay' as const, cancel] : ['delayed' as const, cancel];
      const [page, reply] = await Promise.all([onCheckoutPage(url, paying), canceling(orderId)]);
      return { orderId, isPaid: page.status === 303, isDelayed: paying === 'delayed', reply };
    }),
  );
  await allWebhooksDelivered();
  let paidOrders = 0;
  for (const { orderId, isPaid, isDelayed, reply } of results) {
    const { status } = await orderOf(person, orderId);
    if (isPaid) reply.expectError(409, 'ORDER_NOT_CANCELABLE');
    else expect(reply.expect(200).data.status).toBe('canceled');
    expect(status).toBe(isPaid ? (isDelayed ? 'pending' : 'paid') : 'canceled');
    paidOrders += Number(status === 'paid');
  }
  expect(await credits()).toBe(100 * paidOrders);
  await auditWallet(person.accountId);
});

it('at Creem, whose pages stay open, whoever pays all the same is credited', async () => {
  const { orderId, url } = await creemOrder(person);
  expect((await cancel(orderId)).expect(200).data).toMatchObject({ status: 'canceled', provider: 'creem' });
  (await onCreemPage(url, 'pay')).expect(303);
  await creemDelivered();
  expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid' });
  expect(await credits()).toBe(100);
});
