import { saveCard } from '../../support/cards.ts';
import { runScheduled } from '../../support/functionsTest.ts';
import { allowInvoicing } from '../../support/invoicing.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import {
  allWebhooksDelivered,
  control,
  eventOf,
  orderOf,
  postEvent,
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

const state = async () => (await person.send('GET', '/billing/invoicing')).expect(200).data;
const ask = () => person.send('POST', '/billing/invoicing');
const decide = (verb: string, body: object = {}, by = admin) =>
  by.send('POST', `/admin/invoicing/${person.accountId}/${verb}`, { body });
const invoice = (key: string, body: object = { amount: 500 }) =>
  person.send('POST', '/billing/invoices', { body, idempotencyKey: key });

/** Returns the first moment of the month a number of months ago. */
const monthsAgo = (count: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString();
};

/** Creates purchases of 1,000 dollars in each of the last three months. */
async function buyForThreeMonths(): Promise<string[]> {
  await saveCard(person);
  const body = { amount: 1_000, currency: 'usd', method: 'stripe_direct' };
  const ids: string[] = [];
  for (const count of [1, 2, 3]) {
    const { orderId } = (await person.send('POST', '/billing/topup', { body })).expect(201).data;
    await database()
      .doc(`orders/${orderId}`)
      .update({ paidAt: monthsAgo(count) });
    ids.push(orderId);
  }
  return ids;
}

const approved = () => allowInvoicing(person.accountId, admin);

/** Pays an invoice on Stripe's page. */
const pay = (url: string) => fetch(url, { method: 'POST', body: new URLSearchParams({ outcome: 'pay' }) });
const invoiceIdOf = async (orderId: string): Promise<string> =>
  (await database().doc(`orders/${orderId}`).get()).get('invoice.invoiceId');
const purchases = async () => (await readLedger(person.accountId)).filter(({ kind }) => kind === 'purchase');

describe('a request to pay by invoice', () => {
  it('requires three months of purchases, which refunds reduce', async () => {
    (await ask()).expectError(409, 'INVOICING_NOT_ELIGIBLE');
    const [orderId] = await buyForThreeMonths();
    await allWebhooksDelivered();
    expect(await state()).toMatchObject({ status: 'none', isEligible: true });
    const { paymentId } = await orderOf(person, orderId as string);
    await stripe.refunds.create({ payment_intent: paymentId, amount: 1 });
    await allWebhooksDelivered();
    expect(await state()).toMatchObject({ isEligible: false });
    (await ask()).expectError(409, 'INVOICING_NOT_ELIGIBLE');
  });

  it('is seen and decided by operators only; the account sees the decision', async () => {
    await buyForThreeMonths();
    expect((await ask()).expect(200).data).toMatchObject({ status: 'requested', daysUntilDue: null });
    (await ask()).expect(200);
    const { data } = (await admin.send('GET', '/admin/invoicing?limit=100')).expect(200);
    expect(data).toContainEqual(expect.objectContaining({ accountId: person.accountId, status: 'requested' }));
    (await person.send('GET', '/admin/invoicing')).expectError(403, 'ADMIN_REQUIRED');
    (await decide('approve', {}, person)).expectError(403, 'ADMIN_REQUIRED');
    (await decide('decline', { reason: 'Not yet.' })).expect(200);
    expect(await state()).toMatchObject({ status: 'declined', reason: 'Not yet.' });
    (await invoice('early')).expectError(403, 'INVOICING_NOT_APPROVED');
    (await ask()).expect(200);
    expect((await decide('approve')).expect(200).data).toMatchObject({ status: 'approved', daysUntilDue: 30 });
    expect(await state()).toMatchObject({ status: 'approved', reason: null, isPaused: false });
  });

  it('must exist before operators can decide', async () => {
    (await decide('approve')).expectError(404, 'INVOICING_NOT_FOUND');
  });
});

describe('an invoice', () => {
  beforeEach(approved);

  it('is sent, paid later, and credited once, however often the event arrives', async () => {
    (await control('/_local/webhooks', { duplicate: 2, shuffle: true })).expect(200);
    const { data } = (await invoice('a')).expect(201);
    expect(data).toMatchObject({ status: 'pending', credits: 5_000, price: { unitAmountMinor: 50_000 } });
    await allWebhooksDelivered();
    expect((await person.credits()).availableCredits).toBe(0);
    expect((await state()).openInvoices).toMatchObject([{ orderId: data.orderId, dueAt: data.dueAt }]);
    expect(await stripe.invoices.retrieve(await invoiceIdOf(data.orderId))).toMatchObject({
      collection_method: 'send_invoice',
      status: 'open',
      total: 50_000,
      metadata: { orderId: data.orderId },
    });
    expect((await pay(data.invoiceUrl)).status).toBe(200);
    await allWebhooksDelivered();
    const order = await orderOf(person, data.orderId);
    expect(order).toMatchObject({ status: 'paid', kind: 'invoice', method: 'invoice', invoiceUrl: data.invoiceUrl });
    expect(order.paymentId).toMatch(/^pi_/);
    const paid = await eventOf('invoice.paid', await invoiceIdOf(data.orderId));
    expect((await postEvent(paid as never)).expect(200).json).toMatchObject({ duplicate: true });
    await runScheduled('reconcilePayments');
    expect(await purchases()).toMatchObject([{ amountCredits: 5_000, orderId: data.orderId }]);
    expect((await state()).openInvoices).toEqual([]);
    await auditWallet(person.accountId);
  });

  it('is created once per Idempotency-Key, at the pack’s price; another account’s order is a 404', async () => {
    const body = { pack: 'enterprise', currency: 'eur' };
    const [first, second] = await Promise.all([invoice('twice', body), invoice('twice', body)]);
    expect(first.expect(201).data).toMatchObject({ credits: 3_600, price: { unitAmountMinor: 18_999 } });
    const { orderId } = first.data;
    expect(second.expect(201).data.orderId).toBe(orderId);
    const made = await stripe.invoices.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
    expect(made.filter(({ metadata }) => metadata?.orderId === orderId)).toHaveLength(1);
    (await invoice('twice', { amount: 20 })).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    (await (await newPerson()).send('GET', `/billing/orders/${orderId}`)).expectError(404, 'ORDER_NOT_FOUND');
  });

  it('that was paid while webhooks were lost is credited by the reconciliation', async () => {
    const { data } = (await invoice('lost')).expect(201);
    await allWebhooksDelivered();
    (await control('/_local/webhooks', { drop: true })).expect(200);
    await stripe.invoices.pay(await invoiceIdOf(data.orderId), { paid_out_of_band: true });
    await allWebhooksDelivered();
    expect((await person.credits()).availableCredits).toBe(0);
    await runScheduled('reconcilePayments');
    await runScheduled('reconcilePayments');
    expect((await person.credits()).availableCredits).toBe(5_000);
    expect((await orderOf(person, data.orderId)).paymentId).toMatch(/^in_/);
  });

  it('whose answer was lost is found by its event, and completed by a repeated request', async () => {
    const fault = { method: 'POST', path: '/v1/invoices/*/send', reset: true, afterEffect: true, times: 100 };
    (await control('/_local/faults', fault)).expect(200);
    (await invoice('unheard')).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
    await allWebhooksDelivered();
    const [open] = (await state()).openInvoices;
    expect(open.invoiceUrl).toEqual(expect.any(String));
    (await control('/_local/faults', { clear: true })).expect(200);
    expect((await invoice('unheard')).expect(201).data).toEqual(open);
  });

  it('that is refunded before the payment’s event arrives has its credits revoked', async () => {
    const { data } = (await invoice('refunded')).expect(201);
    await allWebhooksDelivered();
    (await control('/_local/webhooks', { drop: true })).expect(200);
    await pay(data.invoiceUrl);
    const paid = await stripe.invoices.retrieve(await invoiceIdOf(data.orderId), { expand: ['payments'] });
    const intent = paid.payments?.data[0]?.payment.payment_intent as string;
    const refund = await stripe.refunds.create({ payment_intent: intent });
    await allWebhooksDelivered();
    const told = await eventOf('refund.created', refund.id);
    (await postEvent(told as never)).expect(200);
    (await postEvent((await eventOf('invoice.paid', paid.id)) as never)).expect(200);
    expect(await orderOf(person, data.orderId)).toMatchObject({ status: 'refunded', revokedCredits: 5_000 });
    expect((await person.credits()).availableCredits).toBe(0);
  });

  it('that is overdue blocks further invoices until it is paid', async () => {
    const { data } = (await invoice('late')).expect(201);
    await database().doc(`orders/${data.orderId}`).update({ 'invoice.dueAt': '2026-01-01T00:00:00.000Z' });
    expect(await state()).toMatchObject({ isPaused: true, overdueOrderIds: [data.orderId] });
    (await invoice('more')).expectError(409, 'INVOICING_PAUSED');
    await pay(data.invoiceUrl);
    await allWebhooksDelivered();
    expect(await state()).toMatchObject({ isPaused: false, overdueOrderIds: [] });
    (await invoice('more')).expect(201);
  });

  it('that is voided closes its order without credits', async () => {
    const { data } = (await invoice('ended')).expect(201);
    await stripe.invoices.voidInvoice(await invoiceIdOf(data.orderId));
    await allWebhooksDelivered();
    expect((await orderOf(person, data.orderId)).status).toBe('canceled');
    expect(await purchases()).toEqual([]);
    expect((await state()).openInvoices).toEqual([]);
  });

  it('that an operator marked as uncollectible at Stripe is still owed', async () => {
    const { data } = (await invoice('ended')).expect(201);
    await stripe.invoices.markUncollectible(await invoiceIdOf(data.orderId));
    await allWebhooksDelivered();
    const lastPaymentError = { code: 'uncollectible' };
    expect(await orderOf(person, data.orderId)).toMatchObject({ status: 'pending', lastPaymentError });
    expect((await state()).openInvoices).toMatchObject([{ orderId: data.orderId }]);
  });

  it.each([
    [{}, 'amount', 'INVALID_REQUEST'],
    [{ pack: 'starter', amount: 10 }, 'amount', 'INVALID_REQUEST'],
    [{ amount: 1 }, 'amount', 'AMOUNT_TOO_SMALL'],
    [{ pack: 'gigantic' }, 'pack', 'UNKNOWN_PACK'],
    [{ pack: 'starter', currency: 'chf' }, 'currency', 'UNKNOWN_CURRENCY'],
  ])('of %j is refused and names %s', async (body, field, code) => {
    (await invoice('wrong', body)).expectError(400, code, field);
  });
});
