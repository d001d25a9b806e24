import { send } from '../../support/apiClient.ts';
import {
  atCreem,
  creemControl,
  creemDelivered,
  creemOrder,
  creemOrderPaid,
  onCreemPage,
  resetLocalCreem,
} from '../../support/creemControl.ts';
import { type Framework, startFramework } from '../../support/framework.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newPerson, type Person } from '../../support/people.ts';
import { orderOf } from '../../support/stripeControl.ts';
import { CREEM_URL, database, HOSTING_URL } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalCreem);

const checkout = (body: Record<string, unknown>, idempotencyKey?: string) =>
  person.send('POST', '/billing/checkout', { body: { provider: 'creem', ...body }, idempotencyKey });

describe('a pack bought through Creem', () => {
  it('is credited when it is paid, and its order has all details', async () => {
    const started = await creemOrder(person, { successUrl: `${HOSTING_URL}/thanks?x=1` });
    expect(started.url).toMatch(`${CREEM_URL}/checkout/prod_local_starter/ch_`);
    expect(await orderOf(person, started.orderId)).toMatchObject({ status: 'pending', provider: 'creem' });
    const page = (await onCreemPage(started.url, 'pay', { tax: '21' })).expect(303);
    const target = new URL(page.headers.get('location') ?? '');
    expect(target.origin + target.pathname).toBe(`${HOSTING_URL}/thanks`);
    expect(Object.fromEntries(target.searchParams)).toMatchObject({ x: '1', request_id: started.orderId });
    await creemDelivered();
    const order = await orderOf(person, started.orderId);
    expect(order).toMatchObject({
      status: 'paid',
      provider: 'creem',
      price: { unitAmountMinor: 999, currency: 'usd' },
      total: { unitAmountMinor: 1_209 },
      taxAmountMinor: 210,
      transactionId: `creem_${order.paymentId}`,
    });
    expect(order.paymentId).toMatch(/^tran_/);
    expect((await person.credits()).availableCredits).toBe(100);
    expect(await readLedger(person.accountId)).toMatchObject([{ kind: 'purchase', orderId: started.orderId }]);
    await auditWallet(person.accountId);
  });

  it("costs its price in the catalog, and Creem's checkout has our order's id", async () => {
    const { sessionId, orderId } = await creemOrder(person);
    expect(await atCreem(`/v1/checkouts?checkout_id=${sessionId}`)).toMatchObject({
      request_id: orderId,
      custom_price: 999,
      metadata: { orderId, accountId: person.accountId },
    });
  });

  it("is paid with the account's address, and the first payment records the customer at Creem", async () => {
    await creemOrderPaid(person);
    await creemOrderPaid(person, { pack: 'growth' });
    const { customerIds, email } = (await person.send('GET', '/account')).expect(200).data;
    expect(Object.keys(customerIds)).toEqual(['creem']);
    expect((await atCreem(`/v1/transactions/search?customer_id=${customerIds.creem}`)).items).toHaveLength(2);
    expect(email).toContain('@');
    expect((await person.credits()).availableCredits).toBe(400);
  });

  it('stays pending after a declined card or an abandoned page, and can still be paid', async () => {
    const { url, orderId } = await creemOrder(person);
    (await onCreemPage(url, 'decline')).expect(402);
    (await onCreemPage(url, 'cancel')).expect(200);
    await creemDelivered();
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect(await readLedger(person.accountId)).toEqual([]);
    (await onCreemPage(url, 'pay')).expect(303);
    await creemDelivered();
    expect((await orderOf(person, orderId)).status).toBe('paid');
  });

  it('returns the same page when it is ordered again with the same key', async () => {
    const first = (await checkout({ pack: 'starter' }, 'same')).expect(201);
    const second = (await checkout({ pack: 'starter' }, 'same')).expect(201);
    expect(second.data).toEqual(first.data);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    (await checkout({ pack: 'growth' }, 'same')).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    const rivals = await Promise.all(Array.from({ length: 5 }, () => checkout({ pack: 'starter' }, 'at once')));
    expect(new Set(rivals.map((reply) => reply.expect(201).data.sessionId)).size).toBe(1);
  });

  it("belongs to its buyer alone: another account's order is a 404", async () => {
    const { orderId } = await creemOrder(person);
    (await (await newPerson()).send('GET', `/billing/orders/${orderId}`)).expectError(404, 'ORDER_NOT_FOUND');
  });
});

describe('an order that Creem cannot take', () => {
  const orders = async () => (await person.send('GET', '/billing/orders')).expect(200).data;

  it('because the pack has no product is a 409 and leaves no order', async () => {
    (await checkout({ pack: 'scale' })).expectError(409, 'CREEM_PRODUCT_MISSING');
    expect(await orders()).toEqual([]);
  });

  it("because of the product's currency is a 409, and the order has failed", async () => {
    (await checkout({ pack: 'starter', currency: 'eur' })).expectError(409, 'CREEM_PRODUCT_MISMATCH');
    expect(await orders()).toMatchObject([{ status: 'failed', provider: 'creem' }]);
  });

  it.each([
    [{ pack: 'starter', couponCode: 'SAVE10' }, 'couponCode'],
    [{ pack: 'starter', provider: 'paypal' }, 'provider'],
    [{ pack: 'starter', planSlug: 'team' }, 'planSlug'],
  ])('because the request is wrong is a 400 that names the field: %j', async (body, field) => {
    (await checkout(body)).expectError(400, 'INVALID_REQUEST', field);
    expect(await orders()).toEqual([]);
  });

  it('because it redirects to a foreign page is a 400', async () => {
    const body = { pack: 'starter', successUrl: 'https://evil.example/' };
    (await checkout(body)).expectError(400, 'REDIRECT_NOT_ALLOWED', 'successUrl');
  });

  it('because Creem is down is a 503, and the same request works when it is back', async () => {
    (await creemControl('faults', { method: 'POST', path: '/v1/checkouts', status: 503 })).expect(200);
    (await checkout({ pack: 'starter' }, 'down')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect(await orders()).toMatchObject([{ status: 'pending', checkoutUrl: null }]);
    const { data } = (await checkout({ pack: 'starter' }, 'down')).expect(201);
    (await onCreemPage(data.url, 'pay')).expect(303);
    await creemDelivered();
    expect(await orders()).toMatchObject([{ status: 'paid' }]);
  });

  it('for lack of an answer to a read is not refused, because the read is retried', async () => {
    (await creemControl('faults', { method: 'GET', path: '/v1/products', status: 500, times: 2 })).expect(200);
    (await checkout({ pack: 'starter' })).expect(201);
  });
});

describe('a deployment without Creem', () => {
  let instance: Framework;
  beforeAll(async () => {
    instance = await startFramework('api', { CREEM_API_BASE_URL: '' });
  });
  afterAll(() => instance.stop());

  it.each([
    ['/billing/checkout', { pack: 'starter', provider: 'creem' }],
    ['/billing/checkout', { planSlug: 'team', provider: 'creem' }],
    ['/billing/portal', { provider: 'creem' }],
  ])('says so at %s', async (path, body) => {
    const headers = { authorization: `Bearer ${person.idToken}` };
    (await send('POST', path, { body, headers }, instance.url)).expectError(409, 'CREEM_NOT_CONFIGURED');
    expect((await database().collection('orders').where('accountId', '==', person.accountId).get()).size).toBe(0);
  });
});
