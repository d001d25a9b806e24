import {
  atCreem,
  creemControl,
  creemDelivered,
  creemEventOf,
  creemOrder,
  creemOrderPaid,
  onCreemPage,
  postCreemEvent,
  resetLocalCreem,
  unheard,
} from '../../support/creemControl.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import { newEventId, orderOf } from '../../support/stripeControl.ts';

let admin: Person;
let person: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalCreem);

const refund = (orderId: string, body: Record<string, unknown> = {}, idempotencyKey?: string) =>
  admin.send('POST', `/admin/orders/${orderId}/refund`, { body, idempotencyKey });

/** Creates a paid order of the starter pack. */
async function paidOrder() {
  const { orderId, sessionId } = await creemOrderPaid(person);
  const { paymentId } = await orderOf(person, orderId);
  return { orderId, sessionId, paymentId };
}

/** Changes a payment as Creem's dashboard or the bank does. */
const change = (paymentId: string, action: string, amount?: number) =>
  creemControl(`transactions/${paymentId}`, { action, ...(amount !== undefined && { amount }) });

async function changed(paymentId: string, action: string, amount?: number): Promise<void> {
  (await change(paymentId, action, amount)).expect(200);
  await creemDelivered();
}

const available = async () => (await person.credits()).availableCredits;

describe("an operator's refund", () => {
  it('refunds all the money at Creem and revokes all the credits, once', async () => {
    const { orderId, paymentId } = await paidOrder();
    const first = (await refund(orderId, {}, 'all')).expect(201);
    expect(first.data).toMatchObject({
      status: 'succeeded',
      amount: { unitAmountMinor: 999 },
      providerRefundId: paymentId,
      order: { status: 'refunded', refundedAmountMinor: 999, revokedCredits: 100 },
    });
    const again = (await refund(orderId, {}, 'all')).expect(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    (await refund(orderId)).expectError(409, 'ORDER_NOT_REFUNDABLE');
    await creemDelivered();
    expect((await atCreem(`/v1/transactions?transaction_id=${paymentId}`)).refunded_amount).toBe(999);
    expect(await available()).toBe(0);
    expect((await readLedger(person.accountId)).map(({ kind }) => kind)).toEqual(['purchase', 'revocation']);
    await auditWallet(person.accountId);
  });

  it('of a part is refused with a hint at the dashboard, and changes nothing', async () => {
    const { orderId, paymentId } = await paidOrder();
    const refused = (await refund(orderId, { amountMinor: 500 })).expectError(409, 'REFUND_NOT_POSSIBLE');
    expect(refused.json.error.message).toContain('dashboard');
    (await refund(orderId, { amountMinor: 1_000 })).expectError(400, 'REFUND_TOO_LARGE');
    expect((await atCreem(`/v1/transactions?transaction_id=${paymentId}`)).status).toBe('paid');
    expect(await available()).toBe(100);
  });

  it('after a partial refund refunds the rest', async () => {
    const { orderId, paymentId } = await paidOrder();
    await changed(paymentId, 'refund', 500);
    expect((await refund(orderId)).expect(201).data).toMatchObject({
      amount: { unitAmountMinor: 499 },
      order: { status: 'refunded', revokedCredits: 100 },
    });
  });

  it('with an unknown outcome is completed by repeating the request', async () => {
    const { orderId, paymentId } = await paidOrder();
    (await creemControl('faults', { method: 'POST', path: '/v1/refunds', status: 500 })).expect(200);
    (await refund(orderId, {}, 'lost')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    expect(await available()).toBe(100);
    // Creem had made the refund.
    await unheard(() => change(paymentId, 'refund'));
    expect((await refund(orderId, {}, 'lost')).expect(201).data).toMatchObject({ status: 'succeeded' });
    expect(await available()).toBe(0);
  });
});

describe('money that goes back at Creem', () => {
  it('in part revokes the same share of the credits, rounded down; in full revokes all', async () => {
    const { orderId, paymentId } = await paidOrder();
    await changed(paymentId, 'refund', 500);
    expect(await orderOf(person, orderId)).toMatchObject({
      status: 'partially_refunded',
      refundedAmountMinor: 500,
      revokedCredits: 50,
    });
    expect(await available()).toBe(50);
    await changed(paymentId, 'refund', 499);
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'refunded', revokedCredits: 100 });
    expect(await available()).toBe(0);
    await auditWallet(person.accountId);
  });

  it('is followed once, however many events arrive', async () => {
    (await creemControl('webhooks', { duplicate: 3, shuffle: true, concurrency: 4 })).expect(200);
    const { orderId, paymentId } = await paidOrder();
    await changed(paymentId, 'refund', 500);
    expect((await orderOf(person, orderId)).revokedCredits).toBe(50);
    expect(await readLedger(person.accountId)).toHaveLength(2);
    await auditWallet(person.accountId);
  });

  it('in a dispute revokes all the credits, and leaves a debt for spent credits', async () => {
    const { orderId, paymentId } = await paidOrder();
    const key = await person.createKey();
    (await key.charge({ operation: 'presetShare', quantity: 4 })).expect(201);
    await changed(paymentId, 'dispute');
    expect(await orderOf(person, orderId)).toMatchObject({
      status: 'disputed',
      disputedAmountMinor: 999,
      refundedAmountMinor: 0,
      revokedCredits: 100,
    });
    expect(await person.credits()).toMatchObject({ debtCredits: 40 });
    (await refund(orderId)).expectError(409, 'ORDER_NOT_REFUNDABLE');
    await auditWallet(person.accountId);
  });

  it('is followed even if its event arrives before the event of the payment', async () => {
    const { url, orderId, sessionId } = await creemOrder(person);
    const { order } = await unheard(async () => {
      (await onCreemPage(url, 'pay')).expect(303);
      return atCreem(`/v1/checkouts?checkout_id=${sessionId}`);
    });
    await unheard(() => change(order.transaction, 'refund', 999));
    const event = await creemEventOf('refund.created', order.transaction);
    expect((await postCreemEvent(event)).expect(200).json.duplicate).toBe(false);
    expect(await orderOf(person, orderId)).toMatchObject({ status: 'refunded', revokedCredits: 100 });
    expect((await readLedger(person.accountId)).map(({ kind }) => kind)).toEqual(['purchase', 'revocation']);
  });

  it('of a plan revokes the credits of its period', async () => {
    const { orderId } = await creemOrderPaid(person, { planSlug: 'team' });
    const { paymentId } = await orderOf(person, orderId);
    await changed(paymentId, 'refund');
    const [subscription] = (await person.send('GET', '/billing/status')).expect(200).data.subscriptions;
    expect(subscription.availableCredits).toBe(0);
    expect((await orderOf(person, orderId)).revokedCredits).toBe(2_500);
    await auditWallet(person.accountId, subscription.walletId);
  });

  it("of somebody else's payment on the same Creem account is ignored", async () => {
    const { paymentId } = await paidOrder();
    await changed(paymentId, 'refund', 1);
    const event = await creemEventOf('refund.created', paymentId);
    const object = { ...event.object, transaction: { id: 'tran_elsewhere' }, checkout: undefined };
    (await postCreemEvent({ ...event, id: newEventId(), object })).expect(200);
    expect(await available()).toBe(100);
  });
});

describe('the reconciliation', () => {
  it('finds refunds and disputes whose events were lost, and won disputes', async () => {
    const refunded = await paidOrder();
    const disputed = await paidOrder();
    await unheard(async () => {
      (await change(refunded.paymentId, 'refund', 500)).expect(200);
      (await change(disputed.paymentId, 'dispute')).expect(200);
    });
    expect(await available()).toBe(200);
    await runScheduled('reconcilePayments');
    expect(await orderOf(person, refunded.orderId)).toMatchObject({ status: 'partially_refunded', revokedCredits: 50 });
    expect(await orderOf(person, disputed.orderId)).toMatchObject({ status: 'disputed', revokedCredits: 100 });
    expect(await available()).toBe(50);
    (await change(disputed.paymentId, 'winDispute')).expect(200);
    await runScheduled('reconcilePayments');
    await runScheduled('reconcilePayments');
    expect(await orderOf(person, disputed.orderId)).toMatchObject({ status: 'paid', revokedCredits: 0 });
    expect(await available()).toBe(150);
    await auditWallet(person.accountId);
  });
});
