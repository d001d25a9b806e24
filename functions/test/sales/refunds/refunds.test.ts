import { runScheduled } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  eventOf,
  isMarked,
  newEventId,
  onCheckoutPage,
  order,
  orderAnd,
  orderOf,
  postEvent,
  resetLocalStripe,
  stripe,
} from '../../support/stripeControl.ts';

let admin: Person;
let person: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalStripe);

const refund = (orderId: string, body: Record<string, unknown> = {}, idempotencyKey?: string) =>
  admin.send('POST', `/admin/orders/${orderId}/refund`, {
    body,
    idempotencyKey,
  });

describe("an operator's refund", () => {
  it('of a whole order revokes exactly all its credits', async () => {
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

  it('in parts revokes the same share of the credits, and in the end exactly all', async () => {
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

  it('with one Idempotency-Key refunds once, whether repeated in turn or at once', async () => {
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

  it('is found by a repeated request after Stripe’s answer was lost', async () => {
    const { orderId } = await orderAnd(person, 'pay');
    const fault = { method: 'POST', path: '/v1/refunds', status: 500, afterEffect: true, times: 3 };
    (await control('/_local/faults', fault)).expect(200);
    (await refund(orderId, {}, `lost ${orderId}`)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect((await refund(orderId, {}, `lost ${orderId}`)).expect(201).data.order.status).toBe('refunded');
    const { paymentId } = await orderOf(person, orderId);
    expect((await stripe.refunds.list({ payment_intent: paymentId })).data).toHaveLength(1);
    await allWebhooksDelivered();
  });

  it('is refused for an order that is unpaid or does not exist', async () => {
    const { orderId } = await orderAnd(person, 'decline');
    (await refund(orderId)).expectError(409, 'ORDER_NOT_REFUNDABLE');
    (await refund('ord_unknown')).expectError(404, 'ORDER_NOT_FOUND');
  });

  it('leaves a debt if the credits are spent; the debt blocks paid operations and is paid first', async () => {
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
  it('revokes the credits', async () => {
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

/** Makes a bank or Stripe change a payment, and delivers the events to the backend. */
async function move(paymentId: string, action: string): Promise<void> {
  (await control(`/_local/payments/${paymentId}`, { action })).expect(200);
  await allWebhooksDelivered();
}

/** Creates a paid order of 100 credits, and returns its payment. */
async function paidOrder(card = 'pm_card_visa'): Promise<{ orderId: string; paymentId: string }> {
  const { url, orderId } = await order(person);
  (await onCheckoutPage(url, 'pay', { card })).expect(303);
  await allWebhooksDelivered();
  return { orderId, paymentId: (await orderOf(person, orderId)).paymentId };
}

/** Returns the state that must be restored after a dispute is won. */
async function standing(): Promise<unknown> {
  const { availableCredits, heldCredits, debtCredits, totals, ...wallet } = await auditWallet(person.accountId);
  const lots = wallet.lots.map(({ createdAt: _createdAt, ...lot }) => lot);
  return { availableCredits, heldCredits, debtCredits, lots, kept: totals.revokedCredits - totals.reinstatedCredits };
}

describe('a refund that is pending at first', () => {
  it('revokes credits once it has succeeded, not before', async () => {
    const { orderId, paymentId } = await paidOrder('pm_card_pendingRefund');
    const { data } = (await refund(orderId)).expect(201);
    expect(data).toMatchObject({ status: 'pending', order: { status: 'paid', revokedCredits: 0 } });
    (await refund(orderId)).expectError(409, 'ORDER_NOT_REFUNDABLE');
    await move(paymentId, 'settleRefund');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'refunded', revokedCredits: 100 });
  });

  it('reinstates the credits if it fails after it had succeeded', async () => {
    const { orderId, paymentId } = await paidOrder('pm_card_refundFail');
    const before = await standing();
    (await refund(orderId)).expect(201);
    await allWebhooksDelivered();
    expect((await person.credits()).availableCredits).toBe(0);
    await move(paymentId, 'failRefund');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', refundedAmountMinor: 0, revokedCredits: 0 });
    expect(await standing()).toEqual(before);
    (await refund(orderId)).expect(201);
    await allWebhooksDelivered();
  });
});

describe('a dispute', () => {
  it('revokes the credits when it is opened, and leaves them revoked when it is lost', async () => {
    const { orderId, paymentId } = await paidOrder();
    await move(paymentId, 'dispute');
    expect(await orderOf(person, orderId)).toMatchObject({
      status: 'disputed',
      disputedAmountMinor: 999,
      refundedAmountMinor: 0,
      revokedCredits: 100,
    });
    (await refund(orderId)).expectError(409, 'ORDER_NOT_REFUNDABLE');
    await move(paymentId, 'loseDispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'disputed', revokedCredits: 100 });
    expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 0 });
  });

  it('that is won restores the account, including other lots, spent credits and holds', async () => {
    const expiresAt = '2030-01-01T00:00:00.000Z';
    await person.grant(50, expiresAt);
    const { orderId, paymentId } = await paidOrder();
    const key = await person.createKey();
    (await key.charge({ operation: 'presetShare', quantity: 8 })).expect(201);
    (await key.charge({ operation: 'presetShare', quantity: 2, capture: false })).expect(201);
    await person.grant(15, expiresAt);
    const before = await standing();
    await move(paymentId, 'dispute');
    expect(await person.credits()).toMatchObject({ availableCredits: -35, debtCredits: 35, heldCredits: 20, lots: [] });
    await move(paymentId, 'winDispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', disputedAmountMinor: 0, revokedCredits: 0 });
    expect(await standing()).toEqual(before);
  });

  it("of a plan revokes credits in the plan's wallet, and reinstates them with the plan's expiry", async () => {
    const body = { planSlug: 'pro' };
    const { url, orderId } = (await person.send('POST', '/billing/checkout', { body })).expect(201).data;
    await onCheckoutPage(url, 'pay');
    await allWebhooksDelivered();
    const { paymentId } = await orderOf(person, orderId);
    const [{ id: walletId }] = (await person.send('GET', '/billing/status')).expect(200).data.subscriptions;
    const lots = async () =>
      (await auditWallet(person.accountId, walletId)).lots.map(({ createdAt: _createdAt, ...lot }) => lot);
    const before = await lots();
    expect(before).toMatchObject([{ source: 'subscription', remainingCredits: 1_000, expiresAt: expect.any(String) }]);
    await move(paymentId, 'dispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'disputed', revokedCredits: 1_000 });
    expect(await lots()).toEqual([]);
    await move(paymentId, 'winDispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', revokedCredits: 0 });
    expect(await lots()).toEqual(before);
  });

  it('after a partial refund revokes the rest, and reinstates it when the dispute is won', async () => {
    const { orderId, paymentId } = await paidOrder();
    (await refund(orderId, { amountMinor: 500 })).expect(201);
    await allWebhooksDelivered();
    await move(paymentId, 'dispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'disputed', revokedCredits: 100 });
    await move(paymentId, 'winDispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'partially_refunded', revokedCredits: 50 });
    await auditWallet(person.accountId);
  });

  it('that is only an inquiry revokes nothing until it becomes a full dispute', async () => {
    const { orderId, paymentId } = await paidOrder('pm_card_createDisputeInquiry');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', revokedCredits: 0 });
    await move(paymentId, 'escalateInquiry');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'disputed', revokedCredits: 100 });
  });

  it('that arrives with the payment credits and then revokes', async () => {
    const { orderId } = await paidOrder('pm_card_createDispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'disputed', revokedCredits: 100 });
    expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 0 });
  });
});

describe('events about refunds and disputes', () => {
  it('have the same effect in any order, twice and at once', async () => {
    (await control('/_local/webhooks', { duplicate: 3, shuffle: true, concurrency: 8 })).expect(200);
    const { orderId, paymentId } = await paidOrder();
    const before = await standing();
    await stripe.refunds.create({ payment_intent: paymentId, amount: 300 });
    await move(paymentId, 'dispute');
    await move(paymentId, 'winDispute');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'partially_refunded', revokedCredits: 30 });
    expect(before).toMatchObject({ availableCredits: 100 });
    expect(await standing()).toMatchObject({ availableCredits: 70, kept: 30 });
  });

  it('that arrive before the payment’s event credit the order first', async () => {
    (await control('/_local/webhooks', { drop: ['checkout.session.completed'] })).expect(200);
    const { orderId, sessionId, url } = await order(person);
    await onCheckoutPage(url, 'pay', { card: 'pm_card_createDispute' });
    await allWebhooksDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'disputed', revokedCredits: 100 });
    const late = JSON.parse(JSON.stringify(await eventOf('checkout.session.completed', sessionId)));
    (await postEvent(late)).expect(200);
    expect(await readLedger(person.accountId)).toHaveLength(2);
    expect((await person.credits()).availableCredits).toBe(0);
  });

  it('that were lost are made up for once by the scheduled run', async () => {
    const { orderId, paymentId } = await paidOrder('pm_card_refundFail');
    (await control('/_local/webhooks', { drop: true })).expect(200);
    const { id } = await stripe.refunds.create({ payment_intent: paymentId });
    await allWebhooksDelivered();
    expect((await orderOf(person, orderId)).status).toBe('paid');
    await runScheduled('reconcilePayments');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'refunded', revokedCredits: 100 });
    expect(await isMarked((await eventOf('refund.created', id)).id)).toBe(true);
    await move(paymentId, 'failRefund');
    await runScheduled('reconcilePayments');
    await runScheduled('reconcilePayments');
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'paid', revokedCredits: 0 });
    expect(await readLedger(person.accountId)).toHaveLength(3);
  });

  it("about another system's payment on the same Stripe account are accepted and ignored", async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    const { id } = await stripe.refunds.create({ payment_intent: intent.id });
    await allWebhooksDelivered();
    expect(await isMarked((await eventOf('refund.created', id)).id)).toBe(true);
  });

  it.each(['not a payment', null, 7, {}])('that name %j as their payment are accepted and ignored', async (payment) => {
    const id = newEventId();
    const object = { id: 're_x', payment_intent: payment };
    (await postEvent({ id, object: 'event', type: 'refund.created', data: { object } })).expect(200);
    expect(await isMarked(id)).toBe(true);
  });

  it("are answered with a 5xx and not marked when Stripe can't be reached", async () => {
    const { orderId, paymentId } = await paidOrder();
    (await control('/_local/webhooks', { drop: true })).expect(200);
    const { id } = await stripe.refunds.create({ payment_intent: paymentId });
    await allWebhooksDelivered();
    const event = JSON.parse(JSON.stringify(await eventOf('refund.created', id)));
    (await control('/_local/faults', { method: 'GET', path: '/v1/disputes', status: 500, times: 3 })).expect(200);
    (await postEvent(event)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect(await isMarked(event.id)).toBe(false);
    (await postEvent(event)).expect(200);
    expect((await orderOf(person, orderId)).status).toBe('refunded');
  });
});
