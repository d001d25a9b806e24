import { auditWallet, readLedger } from '../support/ledger.ts';
import { newAdmin, newPerson, type Person } from '../support/people.ts';
import { allWebhooksDelivered, control, orderAnd, orderOf, stripe } from '../support/stripeControl.ts';

let admin: Person;
let person: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => {
  (await control('/_local/webhooks', { reset: true })).expect(200);
});

const refund = (orderId: string, body: Record<string, unknown> = {}, idempotencyKey?: string) =>
  admin.send('POST', `/admin/orders/${orderId}/refund`, {
    body,
    ...(idempotencyKey && { headers: { 'idempotency-key': idempotencyKey } }),
  });

describe("an operator's refund", () => {
  it('of a whole order takes back exactly all of its credits', async () => {
    const { orderId } = await orderAnd(person, 'pay', 'growth');
    const { data } = (await refund(orderId, { reason: 'duplicate' })).expect(201);
    expect(data).toMatchObject({
      orderId,
      status: 'succeeded',
      reason: 'duplicate',
      amount: { unitAmountMinor: 2499, currency: 'usd' },
      requestedBy: admin.accountId,
      order: { status: 'refunded', refundedAmountMinor: 2499, revokedCredits: 300 },
    });
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'refunded', revokedCredits: 300 });
    expect((await person.send('GET', '/billing/history')).data).toMatchObject([
      { orderId, status: 'refunded', refundedAmountMinor: 2499, revokedCredits: 300 },
    ]);
    expect((await person.credits()).availableCredits).toBe(0);
    expect(await readLedger(person.accountId)).toMatchObject([
      { kind: 'purchase', amountCredits: 300 },
      { kind: 'revocation', amountCredits: -300, orderId },
    ]);
    await auditWallet(person.accountId);
    (await refund(orderId)).expectError(409, 'ORDER_NOT_REFUNDABLE');
  });

  it('in parts takes back the same share, and in the end exactly all', async () => {
    const { orderId } = await orderAnd(person, 'pay');
    const first = (await refund(orderId, { amountMinor: 333 })).expect(201).data.order;
    expect(first).toMatchObject({ status: 'partially_refunded', refundedAmountMinor: 333, revokedCredits: 33 });
    (await refund(orderId, { amountMinor: 667 })).expectError(400, 'REFUND_TOO_LARGE', 'amountMinor');
    expect((await refund(orderId)).expect(201).data).toMatchObject({
      amount: { unitAmountMinor: 666 },
      order: { status: 'refunded', revokedCredits: 100 },
    });
    await allWebhooksDelivered();
    expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 0, lots: [] });
  });

  it('repeated with one Idempotency-Key refunds once, one after another and at once', async () => {
    const { orderId } = await orderAnd(person, 'pay');
    const replies = await Promise.all([1, 2, 3, 4].map(() => refund(orderId, { amountMinor: 100 }, orderId)));
    const ids = new Set(replies.map((reply) => reply.expect(201).data.providerRefundId));
    expect(ids.size).toBe(1);
    const again = (await refund(orderId, { amountMinor: 100 }, orderId)).expect(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.data.order.refundedAmountMinor).toBe(100);
    (await refund(orderId, { amountMinor: 200 }, orderId)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    await allWebhooksDelivered();
    expect((await person.credits()).availableCredits).toBe(90);
  });

  it("whose answer from Stripe was lost is found again, even when Stripe's own idempotency key is forgotten", async () => {
    const { orderId } = await orderAnd(person, 'pay');
    const fault = { method: 'POST', path: '/v1/refunds', status: 500, afterEffect: true, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await refund(orderId, {}, `lost ${orderId}`)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    (await control('/_local/clock/advance', { seconds: 0 })).expect(200);
    expect((await refund(orderId, {}, `lost ${orderId}`)).expect(201).data.order.status).toBe('refunded');
    const { paymentId } = await orderOf(person, orderId);
    expect((await stripe.refunds.list({ payment_intent: paymentId })).data).toHaveLength(1);
    await allWebhooksDelivered();
  });

  it('is refused for an order that is not paid, or not there', async () => {
    const { orderId } = await orderAnd(person, 'decline');
    (await refund(orderId)).expectError(409, 'ORDER_NOT_REFUNDABLE');
    (await refund('ord_unknown')).expectError(404, 'ORDER_NOT_FOUND');
  });

  it('leaves a debt where the credits are spent, which blocks paid operations and is paid first', async () => {
    const { orderId } = await orderAnd(person, 'pay');
    const key = await person.createKey();
    (await key.charge({ operation: 'presetShare', quantity: 6 })).expect(201);
    (await refund(orderId)).expect(201);
    await allWebhooksDelivered();
    expect(await person.credits()).toMatchObject({ availableCredits: -60, debtCredits: 60 });
    (await key.charge({ operation: 'follow' })).expectError(402, 'INSUFFICIENT_CREDITS');
    (await key.charge({ operation: 'login' })).expect(201);
    await orderAnd(person, 'pay');
    expect(await person.credits()).toMatchObject({ availableCredits: 40, debtCredits: 0 });
    (await key.charge({ operation: 'follow' })).expect(201);
  });
});

describe("a refund made in Stripe's dashboard", () => {
  it('takes the credits back', async () => {
    const { orderId } = await orderAnd(person, 'pay');
    const { paymentId } = await orderOf(person, orderId);
    await stripe.refunds.create({ payment_intent: paymentId, amount: 500 });
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'partially_refunded', revokedCredits: 50 });
    await stripe.refunds.create({ payment_intent: paymentId });
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'refunded', revokedCredits: 100 });
    await auditWallet(person.accountId);
  });
});
