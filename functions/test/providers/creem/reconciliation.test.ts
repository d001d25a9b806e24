import { randomUUID } from 'node:crypto';
import { reconcileCreemPayments } from '../../../src/providers/creem/reconcileCreemPayments.ts';
import { providerUnavailable } from '../../../src/sales/payments/payments.errors.ts';
import {
  atCreem,
  creemControl,
  creemDelivered,
  creemEventOf,
  creemOrder,
  creemOrderPaid,
  isCreemMarked,
  onCreemPage,
  postCreemEvent,
  resetLocalCreem,
  unheard,
} from '../../support/creemControl.ts';
import { runScheduled, suiteDeps } from '../../support/functionsTest.ts';
import { readLedger } from '../../support/ledger.ts';
import { takeLogged } from '../../support/logged.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import { orderOf } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';
import { withPorts } from '../../support/withPorts.ts';

let person: Person;
let admin: Person;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalCreem);

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
/** Changes an order as if it had been created a number of hours ago. */
const makeOlder = (orderId: string, hours: number) =>
  database()
    .doc(`orders/${orderId}`)
    .update({ createdAt: hoursAgo(hours) });
const subscription = async () => (await person.send('GET', '/billing/status')).expect(200).data.subscriptions[0];

describe('the reconciliation', () => {
  it('asks about an order without events for an hour, and credits it once', async () => {
    const { url, orderId } = await creemOrder(person);
    await unheard(() => onCreemPage(url, 'pay'));
    await makeOlder(orderId, 2);
    await runScheduled('reconcilePayments');
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('paid');
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });

  it('asks about a plan whose payment brought no event', async () => {
    const { url, orderId } = await creemOrder(person, { planSlug: 'team' });
    await unheard(() => onCreemPage(url, 'pay'));
    await makeOlder(orderId, 2);
    await runScheduled('reconcilePayments');
    expect(await subscription()).toMatchObject({ status: 'active', availableCredits: 2_500 });
  });

  it.each([
    ['a pack', {}],
    ['a plan', { planSlug: 'team' }],
  ])('closes the order of %s that nobody paid for a day; money that comes after all counts', async (_name, body) => {
    const { url, orderId } = await creemOrder(person, body);
    await makeOlder(orderId, 26);
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('pending');
    await database()
      .doc(`orders/${orderId}`)
      .update({ 'checkout.expiresAt': hoursAgo(2) });
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('expired');
    (await onCreemPage(url, 'pay')).expect(303);
    (await creemControl('webhooks/flush', {})).expect(200);
    expect((await orderOf(person, orderId)).status).toBe('paid');
  });

  it.each([
    ['a pack', {}],
    ['a plan', { planSlug: 'team' }],
  ])('finds a payment of %s that came unheard after the order had been given up', async (_name, body) => {
    const { url, orderId } = await creemOrder(person, body);
    await makeOlder(orderId, 26);
    await database()
      .doc(`orders/${orderId}`)
      .update({ 'checkout.expiresAt': hoursAgo(2) });
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('expired');
    await unheard(() => onCreemPage(url, 'pay'));
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('paid');
  });

  it.each([
    ['a pack', {}],
    ['a plan', { planSlug: 'team' }],
  ])('finds a payment of %s that came unheard after its owner had canceled the order', async (_name, body) => {
    const { url, orderId } = await creemOrder(person, body);
    (await person.send('POST', `/billing/orders/${orderId}/cancel`)).expect(200);
    await unheard(() => onCreemPage(url, 'pay'));
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('paid');
  });

  it('finds a payment behind orders whose pages no longer exist at Creem', async () => {
    const { url, orderId } = await creemOrder(person);
    await makeOlder(orderId, 26);
    const giveUp = { status: 'expired', 'checkout.expiresAt': hoursAgo(2) };
    await database().doc(`orders/${orderId}`).update(giveUp);
    const other = await newPerson();
    const { orderId: gone } = await creemOrder(other);
    await database()
      .doc(`orders/${gone}`)
      .update({ ...giveUp, 'checkout.sessionId': 'ch_gone' });
    const template = (await database().doc(`orders/${gone}`).get()).data();
    // More orders than one request covers.
    for (let copy = 0; copy < 5; copy += 1) {
      const id = `ord_${randomUUID().replaceAll('-', '')}`;
      await database()
        .doc(`orders/${id}`)
        .set({ ...template, id });
    }
    await unheard(() => onCreemPage(url, 'pay'));
    const notFound = expect.objectContaining({ message: 'could not reconcile', orderId: gone });
    expect(await runScheduled('reconcilePayments')).toContainEqual(notFound);
    expect((await orderOf(person, orderId)).status).toBe('paid');
  });

  it('records a payment whose search failed, even for a product that the catalog no longer sells', async () => {
    const { url, orderId } = await creemOrder(person, { planSlug: 'team' });
    await unheard(() => onCreemPage(url, 'pay'));
    const { sessionId } = await orderOf(person, orderId);
    const { subscription } = await atCreem(`/v1/checkouts?checkout_id=${sessionId}`);
    const { last_transaction_id: paymentId } = await atCreem(`/v1/subscriptions?subscription_id=${subscription.id}`);
    const deps = suiteDeps();
    const subscriptions = Object.create(deps.providers.creem.subscriptions, {
      fetch: { value: () => Promise.reject(providerUnavailable(new Error('no answer'))) },
    });
    const soldOut = { ...(await deps.catalog.current()), packs: [], plans: [] };
    const failing = {
      ...deps,
      catalog: Object.create(deps.catalog, { current: { value: async () => soldOut } }),
      providers: withPorts(deps.providers, 'creem', { subscriptions }),
    };
    const backlog = database().doc('webhookBacklogs/creem');
    const before = (await backlog.get()).data();
    await reconcileCreemPayments(failing);
    expect(takeLogged('could not reconcile')).toContainEqual(expect.objectContaining({ paymentId }));
    await backlog.set(before ?? {});
    const failure = database().doc(`webhookFailures/creem_${paymentId}`);
    expect((await failure.get()).data()).toMatchObject({
      type: 'payment.unexplained',
      error: { code: 'PAYMENT_PROVIDER_UNAVAILABLE' },
    });
    await failure.update({ handledAt: hoursAgo(25) });
    await runScheduled('retryEvents');
    expect((await orderOf(person, orderId)).status).toBe('paid');
    expect((await failure.get()).exists).toBe(false);
  });

  it('also finds such a payment when no search has run for weeks', async () => {
    const { url, orderId } = await creemOrder(person);
    await makeOlder(orderId, 26);
    await database()
      .doc(`orders/${orderId}`)
      .update({ 'checkout.expiresAt': hoursAgo(2) });
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('expired');
    await unheard(() => onCreemPage(url, 'pay'));
    const backlog = database().doc('webhookBacklogs/creem');
    const before = (await backlog.get()).data();
    const deps = suiteDeps();
    await reconcileCreemPayments({ ...deps, clock: () => hoursAgo(-20 * 24) });
    // Documents of other tests.
    takeLogged('could not reconcile');
    // Other tests use the current time.
    await backlog.set(before ?? {});
    expect((await orderOf(person, orderId)).status).toBe('paid');
    expect(await readLedger(person.accountId)).toHaveLength(1);
  });

  it('cancels a plan at the end of its period if it was paid after its account had been deleted', async () => {
    const { url, orderId } = await creemOrder(person, { planSlug: 'team' });
    await makeOlder(orderId, 26);
    await database()
      .doc(`orders/${orderId}`)
      .update({ 'checkout.expiresAt': hoursAgo(2) });
    await runScheduled('reconcilePayments');
    (await person.send('DELETE', '/account', { body: { accountId: person.accountId } })).expect(200);
    (await onCreemPage(url, 'pay')).expect(303);
    await creemDelivered();
    const { docs } = await database().collection('subscriptions').where('orderId', '==', orderId).get();
    expect(docs.map((document) => document.data())).toMatchObject([{ status: 'active', cancelAtPeriodEnd: true }]);
    const id = docs[0]?.get('providerSubscriptionId');
    expect((await atCreem(`/v1/subscriptions?subscription_id=${id}`)).status).toBe('scheduled_cancel');
    expect((await admin.send('GET', `/admin/orders/${orderId}`)).expect(200).data).toMatchObject({ status: 'paid' });
  });

  it('closes an order whose page has expired at Creem', async () => {
    const { sessionId, orderId } = await creemOrder(person);
    (await creemControl(`checkouts/${sessionId}`, { action: 'expire' })).expect(200);
    await makeOlder(orderId, 2);
    await runScheduled('reconcilePayments');
    expect((await orderOf(person, orderId)).status).toBe('expired');
  });

  it('finds a renewal and an end whose events were lost', async () => {
    await creemOrderPaid(person, { planSlug: 'team' });
    const { id, providerSubscriptionId } = await subscription();
    const due = () =>
      database()
        .doc(`subscriptions/${id}`)
        .update({ nextSyncAt: hoursAgo(1) });
    await unheard(() => creemControl(`subscriptions/${providerSubscriptionId}`, { action: 'renew' }));
    await due();
    await runScheduled('reconcilePayments');
    expect((await subscription()).availableCredits).toBe(5_000);
    await unheard(() => creemControl(`subscriptions/${providerSubscriptionId}`, { action: 'end' }));
    await due();
    await runScheduled('reconcilePayments');
    expect(await subscription()).toMatchObject({ status: 'canceled', availableCredits: 0 });
  });

  it('handles an event that could not be handled when it arrived', async () => {
    const { eventId } = await receivedInVain();
    await runScheduled('reconcilePayments');
    expect(await isCreemMarked(eventId)).toBe(false);
    await database()
      .doc(`creemEvents/${eventId}`)
      .update({ receivedAt: hoursAgo(1) });
    await runScheduled('reconcilePayments');
    expect(await isCreemMarked(eventId)).toBe(true);
    expect((await database().doc(`creemEvents/${eventId}`).get()).exists).toBe(false);
    expect((await person.credits()).availableCredits).toBe(100);
  });

  it('retries an event that has failed for days once a day, and not every hour', async () => {
    const { eventId } = await receivedInVain();
    const failedSince = hoursAgo(4 * 24);
    await database().doc(`creemEvents/${eventId}`).delete();
    const failure = database().doc(`webhookFailures/creem_${eventId}`);
    await failure.update({ failedSince, handledAt: hoursAgo(25) });
    (await creemControl('faults', { method: 'GET', path: '/v1/checkouts', status: 500, times: 3 })).expect(200);
    const fails = expect.objectContaining({ message: 'an event still fails', eventId, failedSince });
    expect(await runScheduled('retryEvents')).toContainEqual(fails);
    const { handledAt } = (await failure.get()).data() ?? {};
    expect(handledAt > hoursAgo(1)).toBe(true);
    expect((await database().doc(`creemEvents/${eventId}`).get()).data()).toMatchObject({ receivedAt: failedSince });
  });

  it('leaves an event that has failed for days to operators, and deletes it after a month', async () => {
    const { eventId } = await receivedInVain();
    const noted = database().doc(`creemEvents/${eventId}`);
    await noted.update({ receivedAt: hoursAgo(4 * 24) });
    await runScheduled('reconcilePayments');
    expect((await person.credits()).availableCredits).toBe(0);
    expect((await noted.get()).exists).toBe(true);
    await noted.update({ receivedAt: hoursAgo(31 * 24) });
    await runScheduled('reconcilePayments');
    expect((await noted.get()).exists).toBe(false);
  });
});

/** Posts an event of a payment while Creem can't be reached. */
async function receivedInVain(): Promise<{ eventId: string; orderId: string }> {
  const { url, orderId, sessionId } = await creemOrder(person);
  await unheard(() => onCreemPage(url, 'pay'));
  const event = await creemEventOf('checkout.completed', sessionId);
  (await creemControl('faults', { method: 'GET', path: '/v1/checkouts', status: 500, times: 3 })).expect(200);
  (await postCreemEvent(event)).expectError(503, 'PAYMENT_PROVIDER_UNAVAILABLE');
  return { eventId: event.id, orderId };
}

describe('an operator', () => {
  const replay = (eventId: string) => admin.send('POST', `/admin/webhook-events/${eventId}/replay`);

  it('replays an event that could not be handled, once, and sees it in the list', async () => {
    const { eventId, orderId } = await receivedInVain();
    const { data } = (await replay(eventId)).expect(200);
    expect(data).toEqual({ id: eventId, type: 'checkout.completed', duplicate: false, orderId });
    const again = await Promise.all(Array.from({ length: 3 }, () => replay(eventId)));
    for (const reply of again) expect(reply.expect(200).data.duplicate).toBe(true);
    expect(await readLedger(person.accountId)).toHaveLength(1);
    const { data: events } = (await admin.send('GET', '/admin/webhook-events')).expect(200);
    expect(events).toContainEqual(
      expect.objectContaining({ id: eventId, outcome: 'handled', orderId, provider: 'creem' }),
    );
    const { data: records } = (await admin.send('GET', '/admin/audit-log?limit=100')).expect(200);
    expect(records.filter(({ targetId }: { targetId: string }) => targetId === eventId)).toHaveLength(4);
  });

  it("finds an account by its customer at Creem, and sees an order's account", async () => {
    const { orderId } = await creemOrderPaid(person);
    const { creem } = (await person.send('GET', '/account')).expect(200).data.customerIds;
    const found = (await admin.send('GET', `/admin/accounts?customerId=${creem}`)).expect(200).data;
    expect(found).toMatchObject([{ id: person.accountId, creemCustomerId: creem, stripeCustomerId: null }]);
    expect((await admin.send('GET', `/admin/orders/${orderId}`)).expect(200).data).toMatchObject({
      provider: 'creem',
      customerId: creem,
      stripeCustomerId: null,
    });
  });
});

it('an account is exported with its orders at Creem, and deleted once nothing is open', async () => {
  const { orderId } = await creemOrderPaid(person);
  const { data } = (await person.send('GET', '/account/export?limit=100')).expect(200);
  const records = data.map(({ record }: { record: Record<string, unknown> }) => record);
  expect(records).toContainEqual(
    expect.objectContaining({ id: person.accountId, customerIds: { creem: expect.any(String) } }),
  );
  const open = await creemOrder(person);
  const body = { accountId: person.accountId, forfeitCredits: true };
  (await person.send('DELETE', '/account', { body })).expectError(409, 'ACCOUNT_IN_USE');
  (await onCreemPage(open.url, 'pay')).expect(303);
  (await creemControl('webhooks/flush', {})).expect(200);
  (await person.send('DELETE', '/account', { body })).expect(200);
  const order = (await admin.send('GET', `/admin/orders/${orderId}`)).expect(200).data;
  expect(order).toMatchObject({ status: 'paid', provider: 'creem' });
});
