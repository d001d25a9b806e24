import { TEST_SECRET, TestCreem } from './testing.ts';
import { signWebhook } from './webhooks.ts';

let creem: TestCreem;
beforeEach(async () => {
  creem = await TestCreem.start();
});
afterEach(() => creem.stop());

const product_id = 'prod_local_starter';
const success_url = 'https://shop.example/thanks?x=1';

describe('a request', () => {
  it('without the API key gets a 401, and with a wrong key a 403', async () => {
    expect(await creem.api('GET', '/v1/products/x', undefined, null)).toMatchObject({ status: 401 });
    expect(await creem.api('GET', '/v1/products/x', undefined, 'other')).toMatchObject({
      status: 403,
      json: { trace_id: expect.any(String), status: 403, error: 'Forbidden', timestamp: expect.any(Number) },
    });
  });

  it.each([
    ['POST', '/v1/checkouts', {}, "The 'product_id' field is required."],
    ['POST', '/v1/checkouts', { product_id, cancel_url: success_url }, 'property cancel_url should not exist'],
    ['POST', '/v1/checkouts', { product_id, units: 0 }, 'property units must be'],
    ['POST', '/v1/checkouts', { product_id, custom_price: 99 }, 'property custom_price must be'],
    ['POST', '/v1/checkouts', { product_id, custom_price: 9.5 }, 'property custom_price must be'],
    ['POST', '/v1/checkouts', { product_id, success_url: '/thanks' }, 'property success_url must be'],
    ['POST', '/v1/checkouts', { product_id, metadata: 'x' }, 'property metadata must be'],
    ['POST', '/v1/checkouts', { product_id, customer: { id: 'cust_0' } }, 'Customer not found'],
    ['POST', '/v1/checkouts', { product_id, customer: { name: 7 } }, 'property name must be'],
    ['POST', '/v1/checkouts', { product_id: 'prod_local_team_month', custom_price: 500 }, 'custom_price is only'],
    ['POST', '/v1/refunds', { transaction_id: 7 }, 'property transaction_id must be'],
    ['GET', '/v1/transactions/search?page_size=101', undefined, 'page_number must be'],
    ['GET', '/v1/transactions/search?limit=1', undefined, 'property limit should not exist'],
  ])('%s %s with %j gets a 400 that names the problem', async (method, path, body, why) => {
    const { status, json } = await creem.api(method, path, body);
    expect(status).toBe(400);
    expect(json.message.join()).toContain(why);
  });

  it.each([
    ['GET', '/v1/nothing'],
    ['DELETE', '/v1/checkouts'],
    ['GET', '/v1/checkouts?checkout_id=ch_0'],
    ['GET', '/v1/transactions?transaction_id=tran_0'],
    ['GET', '/v1/subscriptions?subscription_id=sub_0'],
    ['POST', '/v1/subscriptions/sub_0/cancel'],
  ])('%s %s gets a 404', async (method, path) => {
    expect((await creem.api(method, path)).status).toBe(404);
  });
});

it('a control request without the token is refused and has no effect', async () => {
  const { id } = await creem.paid();
  for (const headers of [{}, { 'x-suite-token': 'another' }] as Record<string, string>[]) {
    expect(await creem.control('reset', {}, headers)).toMatchObject({ status: 401 });
  }
  expect(await creem.api('GET', `/v1/checkouts?checkout_id=${id}`)).toMatchObject({ status: 200 });
});

describe('a checkout', () => {
  it('that is paid has an order and a transaction, and sends the payer back with the ids of the purchase', async () => {
    const metadata = { orderId: 'ord_1' };
    const request = { product_id, request_id: 'ord_1', custom_price: 500, success_url, metadata };
    const { json } = await creem.api('POST', '/v1/checkouts', request);
    expect(json).toMatchObject({ status: 'pending', request_id: 'ord_1', product: product_id, success_url });
    const page = await creem.page(json.checkout_url, { outcome: 'pay', email: 'Ada@example.com', tax: '21' });
    expect(page.status).toBe(303);
    const paid = (await creem.api('GET', `/v1/checkouts?checkout_id=${json.id}`)).json;
    const { order, customer } = paid;
    expect(paid).toMatchObject({ status: 'completed', custom_price: 500, metadata, product: { id: product_id } });
    expect(order).toMatchObject({ status: 'paid', amount: 500, tax_amount: 105, amount_paid: 605, currency: 'USD' });
    expect(customer).toMatchObject({ email: 'ada@example.com' });
    const { searchParams } = new URL(page.headers.get('location') ?? '');
    expect(Object.fromEntries(searchParams)).toEqual({
      x: '1',
      checkout_id: json.id,
      order_id: order.id,
      customer_id: customer.id,
      product_id,
      request_id: 'ord_1',
    });
    const transaction = (await creem.api('GET', `/v1/transactions?transaction_id=${order.transaction}`)).json;
    expect(transaction).toMatchObject({ type: 'payment', status: 'paid', amount_paid: 605, order: order.id });
    expect(await creem.delivered()).toEqual(['checkout.completed']);
    expect((await creem.page(json.checkout_url, { outcome: 'pay' })).status).toBe(409);
  });

  it.each([
    [{ outcome: 'decline' }, 402],
    [{ outcome: 'cancel' }, 200],
    [{ outcome: 'other' }, 400],
    [{ outcome: 'pay', tax: '-1' }, 400],
  ])('with the form %j stays unpaid', async (form, status) => {
    const { json } = await creem.api('POST', '/v1/checkouts', { product_id });
    expect((await creem.page(json.checkout_url, form)).status).toBe(status);
    expect((await creem.api('GET', `/v1/checkouts?checkout_id=${json.id}`)).json.status).toBe('pending');
    expect(await creem.delivered()).toEqual([]);
  });

  it('cannot be paid after it has expired', async () => {
    const { json } = await creem.api('POST', '/v1/checkouts', { product_id });
    await creem.control(`checkouts/${json.id}`, { action: 'expire' });
    expect((await creem.page(json.checkout_url, { outcome: 'pay' })).status).toBe(410);
  });

  it('for a known email address belongs to the customer with that address', async () => {
    const email = 'same@example.com';
    const first = await creem.paid({ customer: { email } });
    const second = await creem.paid({ customer: { id: first.customer.id } });
    expect(second.customer).toEqual(first.customer);
    const { json } = await creem.api('GET', `/v1/transactions/search?customer_id=${first.customer.id}&page_size=1`);
    expect(json.items).toHaveLength(1);
    expect(json.pagination).toMatchObject({ total_records: 2, next_page: 2, prev_page: null });
  });
});

describe('a subscription', () => {
  const subscribe = async () =>
    (await creem.paid({ product_id: 'prod_local_team_month', metadata: { a: 'b' } })).subscription;
  const find = async (id: string) => (await creem.api('GET', `/v1/subscriptions?subscription_id=${id}`)).json;

  it('begins with its first payment, and has the metadata of its checkout', async () => {
    const { id } = await subscribe();
    const subscription = await find(id);
    expect(subscription).toMatchObject({ status: 'active', metadata: { a: 'b' }, product: { price: 9_900 } });
    const last = (await creem.api('GET', `/v1/transactions?transaction_id=${subscription.last_transaction_id}`)).json;
    expect(new Date(last.period_end).toISOString()).toBe(subscription.current_period_end_date);
    expect(await creem.delivered()).toEqual(['checkout.completed', 'subscription.active', 'subscription.paid']);
  });

  it('renews, fails, expires and ends by control requests', async () => {
    const { id, current_period_end_date } = await subscribe();
    await creem.control(`subscriptions/${id}`, { action: 'renew' });
    expect((await find(id)).current_period_start_date).toBe(current_period_end_date);
    await creem.control(`subscriptions/${id}`, { action: 'fail' });
    expect((await find(id)).status).toBe('past_due');
    await creem.control(`subscriptions/${id}`, { action: 'expire' });
    await creem.control(`subscriptions/${id}`, { action: 'end' });
    expect((await find(id)).status).toBe('canceled');
    expect((await creem.delivered()).slice(3)).toEqual([
      'subscription.paid',
      'subscription.past_due',
      'subscription.expired',
      'subscription.canceled',
    ]);
    expect((await creem.api('POST', `/v1/subscriptions/${id}/cancel`, {})).status).toBe(400);
  });

  it('can be canceled at the end of its period, and resumed', async () => {
    const { id } = await subscribe();
    const cancel = { mode: 'scheduled', onExecute: 'cancel' };
    expect((await creem.api('POST', `/v1/subscriptions/${id}/cancel`, cancel)).json.status).toBe('scheduled_cancel');
    expect((await creem.api('POST', `/v1/subscriptions/${id}/resume`, {})).json.status).toBe('active');
    expect((await creem.api('POST', `/v1/subscriptions/${id}/resume`, {})).status).toBe(400);
    expect((await creem.api('POST', `/v1/subscriptions/${id}/cancel`, { mode: 'now' })).status).toBe(400);
  });
});

describe('a payment', () => {
  const pay = async () => (await creem.paid()).order.transaction as string;
  const find = async (id: string) => (await creem.api('GET', `/v1/transactions?transaction_id=${id}`)).json;

  it('can be refunded in part by a control request, and then by the API, which refunds the rest once', async () => {
    const id = await pay();
    await creem.control(`transactions/${id}`, { action: 'refund', amount: 99 });
    expect(await find(id)).toMatchObject({ status: 'partialRefund', refunded_amount: 99 });
    expect((await creem.control(`transactions/${id}`, { action: 'refund', amount: 901 })).status).toBe(400);
    expect((await creem.api('POST', '/v1/refunds', { transaction_id: id })).json).toEqual({ status: 'succeeded' });
    expect(await find(id)).toMatchObject({ status: 'refunded', refunded_amount: 999 });
    expect((await creem.api('POST', '/v1/refunds', { transaction_id: id })).status).toBe(400);
    expect((await creem.delivered()).slice(1)).toEqual(['refund.created', 'refund.created']);
    expect(creem.received[1]?.event.object).toMatchObject({ refund_amount: 99, transaction: { id } });
  });

  it('counts as refunded while it is disputed, until the dispute is won', async () => {
    const id = await pay();
    await creem.control(`transactions/${id}`, { action: 'dispute' });
    expect(await find(id)).toMatchObject({ status: 'chargedBack', refunded_amount: 999 });
    await creem.control(`transactions/${id}`, { action: 'winDispute' });
    expect(await find(id)).toMatchObject({ status: 'paid', refunded_amount: null });
    expect(await creem.delivered()).toEqual(['checkout.completed', 'dispute.created']);
  });

  it('that was refunded in part is partly refunded again after its dispute is won', async () => {
    const id = await pay();
    await creem.control(`transactions/${id}`, { action: 'refund', amount: 99 });
    await creem.control(`transactions/${id}`, { action: 'dispute' });
    expect(await find(id)).toMatchObject({ status: 'chargedBack', refunded_amount: 999 });
    await creem.control(`transactions/${id}`, { action: 'winDispute' });
    expect(await find(id)).toMatchObject({ status: 'partialRefund', refunded_amount: 99 });
  });
});

describe('webhooks', () => {
  it('have a signature of their body', async () => {
    await creem.paid();
    await creem.delivered();
    const [{ body, signature, event } = { body: '', signature: '', event: {} }] = creem.received;
    expect(signature).toBe(signWebhook(body, TEST_SECRET));
    expect(event).toMatchObject({ id: expect.stringMatching(/^evt_/), created_at: expect.any(Number) });
  });

  it('are retried until they are answered with 200, and fail after the last retry', async () => {
    creem.answers.push(500, 204, 200);
    await creem.paid();
    expect(await creem.delivered()).toHaveLength(3);
    expect(new Set(creem.received.map(({ event }) => event.id)).size).toBe(1);
    creem.answers.push(500, 500, 500);
    await creem.paid();
    expect(await creem.delivered()).toHaveLength(6);
  });

  it('are duplicated, shuffled or dropped by a control request', async () => {
    await creem.control('webhooks', { duplicate: 1, shuffle: true });
    await creem.paid({ product_id: 'prod_local_team_month' });
    const types = await creem.delivered();
    expect(types.toSorted()).toEqual(
      ['checkout.completed', 'subscription.active', 'subscription.paid'].flatMap((type) => [type, type]),
    );
    expect(types[0]).not.toBe('checkout.completed');
    await creem.control('webhooks', { drop: true });
    await creem.paid();
    expect(await creem.delivered()).toHaveLength(6);
    expect((await creem.control('webhooks', { lose: true })).status).toBe(400);
  });
});

it('a fault with afterEffect makes the answer an error, but the request takes effect', async () => {
  const { order } = await creem.paid();
  await creem.control('faults', { method: 'POST', path: '/v1/refunds', afterEffect: true });
  const refund = () => creem.api('POST', '/v1/refunds', { transaction_id: order.transaction });
  expect((await refund()).status).toBe(500);
  const { json } = await creem.api('GET', `/v1/transactions?transaction_id=${order.transaction}`);
  expect(json.status).toBe('refunded');
  expect((await refund()).status).toBe(400);
});

it('a fault hits as many requests as ordered, and a reset forgets everything', async () => {
  await creem.control('faults', { method: 'GET', path: '/v1/products', status: 503, times: 1 });
  const ask = () => creem.api('GET', `/v1/products/${product_id}`);
  expect((await ask()).status).toBe(503);
  expect((await ask()).status).toBe(200);
  const { id } = await creem.paid();
  await creem.control('reset');
  expect((await creem.api('GET', `/v1/checkouts?checkout_id=${id}`)).status).toBe(404);
});
