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

describe('a canceled order', () => {
  it('has a closed page, frees its coupon once, and stays canceled after repeated requests', async () => {
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

  it('may be the order of a plan, whose subscription then never starts', async () => {
    const code = await coupon();
    const { orderId, url } = await checkout({ planSlug: 'team', couponCode: code });
    expect((await cancel(orderId)).expect(200).data).toMatchObject({ kind: 'plan', status: 'canceled' });
    await allWebhooksDelivered();
    expect((await onCheckoutPage(url, 'pay')).status).toBe(410);
    const stored = await database().collection('subscriptions').where('orderId', '==', orderId).get();
    expect(stored.docs.map((document) => document.data())).toMatchObject([{ status: 'failed', nextSyncAt: null }]);
    expect(await redemptionsOf(code)).toBe(0);
  });

  it('may be the order of a top-up', async () => {
    const body = { amount: 20, method: 'stripe' };
    const { orderId } = (await person.send('POST', '/billing/topup', { body })).expect(201).data;
    expect((await cancel(orderId)).expect(200).data).toMatchObject({ kind: 'topup', status: 'canceled' });
  });

  it('is not reopened by a repeated request', async () => {
    const { orderId } = await checkout({ pack: 'starter' }, 'mine');
    (await cancel(orderId)).expect(200);
    const again = await person.send('POST', '/billing/checkout', { body: { pack: 'starter' }, idempotencyKey: 'mine' });
    again.expectError(409, 'ORDER_CLOSED');
  });

  it('may have no page, because Stripe did not answer', async () => {
    const fault = { method: 'POST', path: '/v1/checkout/sessions', status: 500, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    const code = await coupon();
    const body = { pack: 'starter', couponCode: code };
    (await person.send('POST', '/billing/checkout', { body })).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    const [{ id }] = (await person.send('GET', '/billing/orders')).data;
    expect((await cancel(id)).expect(200).data.status).toBe('canceled');
    expect(await redemptionsOf(code)).toBe(0);
  });

  it('may have expired just before', async () => {
    const { orderId, sessionId } = await order(person);
    await stripe.checkout.sessions.expire(sessionId);
    await allWebhooksDelivered();
    expect((await orderOf(person, orderId)).status).toBe('expired');
    expect((await cancel(orderId)).expect(200).data.status).toBe('canceled');
  });

  it('stays pending while Stripe does not answer', async () => {
    const { orderId } = await order(person);
    const fault = { method: 'POST', path: '/v1/checkout/sessions/*/expire', status: 500, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await cancel(orderId)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect((await cancel(orderId)).expect(200).data.status).toBe('canceled');
  });
});

describe('an order that cannot be canceled', () => {
  it('is a paid order, even if its webhook has not arrived yet', async () => {
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

  it('is the order of a paid plan, even if its webhook has not arrived yet', async () => {
    (await control('/_local/webhooks', { drop: true })).expect(200);
    const { orderId, url } = await checkout({ planSlug: 'team' });
    await onCheckoutPage(url, 'pay');
    (await cancel(orderId)).expectError(409, 'ORDER_NOT_CANCELABLE');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', credits: 2_500 });
    expect((await person.send('GET', '/billing/status')).data.subscriptions).toMatchObject([{ status: 'active' }]);
  });

  it('is an order whose payment is being processed; it is credited when the payment arrives', async () => {
    const { orderId, sessionId } = await orderAnd(person, 'delayed');
    (await cancel(orderId)).expectError(409, 'ORDER_NOT_CANCELABLE');
    (await control(`/_local/payments/${sessionId}`, { action: 'settle' })).expect(200);
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid' });
    expect(await credits()).toBe(100);
  });

  it('is an order that is not paid on a page', async () => {
    const body = { amount: 20, method: 'stripe_direct' };
    (await person.send('POST', '/billing/topup', { body })).expectError(402, 'PAYMENT_METHOD_REQUIRED');
    await database()
      .doc('orders/ord_of_no_page')
      .set({ id: 'ord_of_no_page', accountId: person.accountId, method: 'direct', status: 'pending', kind: 'topup' });
    (await cancel('ord_of_no_page')).expectError(409, 'ORDER_NOT_CANCELABLE');
    await database().doc('orders/ord_of_no_page').delete();
  });

  it('is another account’s order, or one that does not exist', async () => {
    const { orderId, sessionId } = await order(person);
    (await cancel(orderId, await newPerson())).expectError(404, 'ORDER_NOT_FOUND');
    (await cancel('ord_none')).expectError(404, 'ORDER_NOT_FOUND');
    expect(await stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({ status: 'open' });
  });
});

it('either pays or cancels an order when both happen at once, and loses nothing', async () => {
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

it('credits a customer who pays a canceled order at Creem, whose pages stay open', async () => {
  const { orderId, url } = await creemOrder(person);
  expect((await cancel(orderId)).expect(200).data).toMatchObject({ status: 'canceled', provider: 'creem' });
  (await onCreemPage(url, 'pay')).expect(303);
  await creemDelivered();
  expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid' });
  expect(await credits()).toBe(100);
});
