import { randomUUID } from 'node:crypto';
import { getAuth } from 'firebase-admin/auth';
import { send } from '../../support/apiClient.ts';
import {
  atCreem,
  type CreemOrder,
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
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { changeUser, newPerson, newPersonUnverified, type Person, proveAddress, signIn } from '../../support/people.ts';
import { newEventId, orderOf } from '../../support/stripeControl.ts';
import { CREEM_API_KEY, CREEM_URL, database, firebase } from '../../support/suite.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(resetLocalCreem);

const subscriptions = async () => (await person.send('GET', '/billing/status')).expect(200).data.subscriptions;
const only = async () => (await subscriptions())[0];
const ledgerOf = async (walletId: string) => readLedger(person.accountId, walletId);

/** Creates a paid team plan, and returns the backend's subscription. */
async function subscribed(body: Record<string, unknown> = { planSlug: 'team' }) {
  const order = await creemOrderPaid(person, body);
  return { order, subscription: await only() };
}

/** Changes a subscription at Creem, and waits until the backend has received the events. */
async function change(providerSubscriptionId: string, action: string): Promise<void> {
  (await creemControl(`subscriptions/${providerSubscriptionId}`, { action })).expect(200);
  await creemDelivered();
}

describe('a plan bought through Creem', () => {
  it('grants its credits once into a wallet of its own, until its period ends', async () => {
    const { order, subscription } = await subscribed();
    expect(subscription).toMatchObject({
      provider: 'creem',
      planSlug: 'team',
      interval: 'month',
      status: 'active',
      cancelAtPeriodEnd: false,
      stripeSubscriptionId: null,
      creditsPerPeriod: 2_500,
      availableCredits: 2_500,
    });
    const { currentPeriodEnd, walletId, providerSubscriptionId } = subscription;
    expect(providerSubscriptionId).toMatch(/^sub_/);
    expect(await orderOf(person, order.orderId)).toMatchObject({ status: 'paid', provider: 'creem', kind: 'plan' });
    const [entry, ...others] = await ledgerOf(walletId);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ kind: 'grant', amountCredits: 2_500, orderId: order.orderId });
    expect(entry?.lotChanges).toMatchObject([{ source: 'subscription', expiresAt: currentPeriodEnd }]);
    expect((await person.credits()).availableCredits).toBe(0);
    await auditWallet(person.accountId, walletId);
  });

  it('comes from the page that the backend opened, not from a purchase with copied metadata', async () => {
    const { orderId, sessionId } = await creemOrder(person, { planSlug: 'team' });
    const { metadata } = await atCreem(`/v1/checkouts?checkout_id=${sessionId}`);
    // Anybody may set metadata on a purchase through the URL of a product's page.
    const product = 'prod_local_standard';
    const words = { ...metadata, orderId: '', productId: product, credits: '1000000000' };
    const body = { product_id: product, metadata: words, success_url: 'https://shop.example' };
    const headers = { 'x-api-key': CREEM_API_KEY };
    const forged = (await send('POST', '/v1/checkouts', { headers, body }, CREEM_URL)).expect(200).json;
    (await onCreemPage(forged.checkout_url, 'pay')).expect(303);
    await creemDelivered();
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect(await subscriptions()).toEqual([]);
    expect(await ledgerOf(metadata.subscriptionId)).toEqual([]);
  });

  it('records the amount paid and the tax in it', async () => {
    const { url, orderId } = await creemOrder(person, { planSlug: 'team' });
    (await onCreemPage(url, 'pay', { tax: '21' })).expect(303);
    await creemDelivered();
    expect(await orderOf(person, orderId)).toMatchObject({
      price: { unitAmountMinor: 9_900 },
      total: { unitAmountMinor: 11_979 },
      taxAmountMinor: 2_079,
    });
  });

  it('grants credits to the account that ordered it, whoever pays', async () => {
    const [first, second] = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`];
    const password = randomUUID();
    const { uid } = await getAuth(firebase()).createUser({ email: first, emailVerified: true, password });
    person = await signIn({ email: first, password });
    await creemOrderPaid(person);
    const { creem } = (await person.send('GET', '/account')).expect(200).data.customerIds;
    // A changed address leads to another customer at Creem.
    await changeUser(uid, { email: second, emailVerified: true });
    person = await signIn({ email: second, password });
    const { subscription } = await subscribed();
    expect(subscription.availableCredits).toBe(2_500);
    const { customerId } = (await database().doc(`subscriptions/${subscription.id}`).get()).data() ?? {};
    expect(customerId).not.toBe(creem);
    expect((await person.send('GET', '/account')).expect(200).data.customerIds).toEqual({ creem });
  });

  it('costs its yearly price in the catalog, and grants the credits of twelve months', async () => {
    const { subscription } = await subscribed({ planSlug: 'team', interval: 'year' });
    expect(subscription).toMatchObject({ interval: 'year', availableCredits: 30_000 });
  });

  it('for a fixed term does not renew', async () => {
    const { subscription } = await subscribed({ planSlug: 'standard' });
    expect(subscription).toMatchObject({ interval: 'term', status: 'active', cancelAtPeriodEnd: true });
    const { status } = await atCreem(`/v1/subscriptions?subscription_id=${subscription.providerSubscriptionId}`);
    expect(status).toBe('scheduled_cancel');
  });

  it('whose page is declined or abandoned grants nothing', async () => {
    const { url, orderId } = await creemOrder(person, { planSlug: 'team' });
    (await onCreemPage(url, 'decline')).expect(402);
    (await onCreemPage(url, 'cancel')).expect(200);
    await creemDelivered();
    expect((await orderOf(person, orderId)).status).toBe('pending');
    expect(await subscriptions()).toEqual([]);
  });

  it.each([
    [{ planSlug: 'pro' }, 'CREEM_PRODUCT_MISSING'],
    [{ planSlug: 'team', currency: 'eur' }, 'CREEM_PRODUCT_MISMATCH'],
  ])('that Creem does not sell is a 409: %j', async (body, code) => {
    const options = { body: { provider: 'creem', ...body } };
    (await person.send('POST', '/billing/checkout', options)).expectError(409, code);
    expect((await person.send('GET', '/billing/orders?status=pending')).expect(200).data).toEqual([]);
  });

  it('is credited once, in whatever way its events arrive', async () => {
    (await creemControl('webhooks', { duplicate: 2, shuffle: true, concurrency: 6 })).expect(200);
    const { subscription } = await subscribed();
    expect(subscription.availableCredits).toBe(2_500);
    expect(await ledgerOf(subscription.walletId)).toHaveLength(1);
    await auditWallet(person.accountId, subscription.walletId);
  });
});

describe('a renewal', () => {
  it('grants another period, once, as an order of its own', async () => {
    const { subscription } = await subscribed();
    const { providerSubscriptionId, walletId } = subscription;
    (await creemControl('webhooks', { duplicate: 1 })).expect(200);
    await change(providerSubscriptionId, 'renew');
    expect((await only()).availableCredits).toBe(5_000);
    const entries = await ledgerOf(walletId);
    expect(entries.map(({ kind }) => kind)).toEqual(['grant', 'grant']);
    const orders = (await person.send('GET', '/billing/orders')).expect(200).data;
    expect(orders).toMatchObject([
      { kind: 'plan', method: 'automatic', provider: 'creem', status: 'paid' },
      { kind: 'plan', method: 'checkout', provider: 'creem', status: 'paid' },
    ]);
    await auditWallet(person.accountId, walletId);
  });

  it('that is not paid makes the subscription past due, and a late payment continues it', async () => {
    const { subscription } = await subscribed();
    await change(subscription.providerSubscriptionId, 'fail');
    expect(await only()).toMatchObject({ status: 'past_due', lastPaymentError: { code: 'renewal_not_paid' } });
    await change(subscription.providerSubscriptionId, 'renew');
    expect(await only()).toMatchObject({ status: 'active', lastPaymentError: null, availableCredits: 5_000 });
  });

  it('whose event was lost is found by the next event', async () => {
    const { subscription } = await subscribed();
    const path = `subscriptions/${subscription.providerSubscriptionId}`;
    await unheard(() => creemControl(path, { action: 'renew' }));
    expect((await only()).availableCredits).toBe(2_500);
    const old = await creemEventOf('subscription.active', subscription.providerSubscriptionId);
    (await postCreemEvent({ ...old, id: newEventId() })).expect(200);
    expect((await only()).availableCredits).toBe(5_000);
  });
});

describe('the end of a subscription', () => {
  it('by its owner comes at the end of the period, and can be withdrawn before', async () => {
    const { subscription } = await subscribed();
    const body = { subscriptionId: subscription.id };
    const canceled = (await person.send('POST', '/billing/cancel', { body })).expect(200).data;
    expect(canceled).toMatchObject({ status: 'active', cancelAtPeriodEnd: true, availableCredits: 2_500 });
    (await person.send('POST', '/billing/cancel', { body })).expect(200);
    const resumed = (await person.send('POST', '/billing/resume', { body })).expect(200).data;
    expect(resumed).toMatchObject({ status: 'active', cancelAtPeriodEnd: false });
    await creemDelivered();
    expect(await only()).toMatchObject({ status: 'active', cancelAtPeriodEnd: false });
  });

  it('closes its wallet and revokes its keys; the main wallet is untouched', async () => {
    const { subscription } = await subscribed();
    await person.grant(50);
    const own = await person.createKey({ subscriptionId: subscription.id });
    const main = await person.createKey();
    (await own.charge({ operation: 'follow' })).expect(201);
    await change(subscription.providerSubscriptionId, 'end');
    expect(await only()).toMatchObject({ status: 'canceled', availableCredits: 0 });
    expect((await only()).endedAt).not.toBeNull();
    const keys = (await person.send('GET', '/account/keys')).expect(200).data;
    const active = keys.filter(({ revokedAt }: { revokedAt: string | null }) => revokedAt === null);
    expect(active.map(({ id }: { id: string }) => id)).toEqual([main.id]);
    (await main.charge({ operation: 'follow' })).expect(201);
    await auditWallet(person.accountId, subscription.walletId);
  });

  it('does not come when a period expires unpaid', async () => {
    const { subscription } = await subscribed();
    await change(subscription.providerSubscriptionId, 'expire');
    expect(await only()).toMatchObject({ status: 'active' });
    await change(subscription.providerSubscriptionId, 'end');
    expect(await only()).toMatchObject({ status: 'canceled' });
  });

  it('is final, whatever events arrive late', async () => {
    const { subscription } = await subscribed();
    await change(subscription.providerSubscriptionId, 'end');
    for (const type of ['subscription.paid', 'subscription.active']) {
      const late = await creemEventOf(type, subscription.providerSubscriptionId);
      (await postCreemEvent({ ...late, id: newEventId() })).expect(200);
    }
    expect(await only()).toMatchObject({ status: 'canceled', availableCredits: 0 });
    expect(await ledgerOf(subscription.walletId)).toMatchObject([{ kind: 'grant' }, { kind: 'closure' }]);
  });

  it('can be requested by its owner only', async () => {
    const { subscription } = await subscribed();
    const body = { subscriptionId: subscription.id };
    const stranger = await newPerson();
    (await stranger.send('POST', '/billing/cancel', { body })).expectError(404, 'SUBSCRIPTION_NOT_FOUND');
    expect(await only()).toMatchObject({ cancelAtPeriodEnd: false });
  });
});

it('the plan of a subscription at Creem cannot be changed', async () => {
  const { subscription } = await subscribed();
  const body = { subscriptionId: subscription.id, planSlug: 'team', interval: 'year' };
  (await person.send('POST', '/billing/change-plan', { body })).expectError(409, 'PLAN_CHANGE_NOT_SUPPORTED');
});

it("a foreign system's subscription on the same Creem account is accepted and ignored", async () => {
  const { subscription }: { order: CreemOrder; subscription: { id: string; providerSubscriptionId: string } } =
    await subscribed();
  const event = await creemEventOf('subscription.paid', subscription.providerSubscriptionId);
  const object = { ...event.object, metadata: { subscriptionId: `sub_${'0'.repeat(32)}` } };
  (await postCreemEvent({ ...event, id: newEventId(), object })).expect(200);
  expect(
    (
      await database()
        .doc(`subscriptions/sub_${'0'.repeat(32)}`)
        .get()
    ).exists,
  ).toBe(false);
});

describe("Creem's portal", () => {
  const open = (body: Record<string, unknown> = {}) =>
    person.send('POST', '/billing/portal', { body: { provider: 'creem', ...body } });

  it('opens for a customer who has paid with a verified address', async () => {
    await creemOrderPaid(person);
    await changeUser(person.accountId, { emailVerified: false });
    (await open()).expectError(409, 'EMAIL_NOT_VERIFIED');
    await proveAddress(person.accountId);
    const { creem } = (await person.send('GET', '/account')).expect(200).data.customerIds;
    expect((await open()).expect(201).data.url).toContain(creem);
    expect((await person.send('GET', '/billing/status')).expect(200).data.creemCustomerId).toBe(creem);
  });

  it("does not open for a person who typed another customer's address, and that customer still gets in", async () => {
    await creemOrderPaid(person);
    await proveAddress(person.accountId);
    const { email } = (await person.send('GET', '/account')).expect(200).data;
    const other = await newPersonUnverified();
    // Creem's page asks for an address when the account has no verified one.
    const { url } = await creemOrder(other);
    (await onCreemPage(url, 'pay', { email: email.toUpperCase() })).expect(303);
    await creemDelivered();
    await proveAddress(other.accountId);
    const opened = await other.send('POST', '/billing/portal', { body: { provider: 'creem' } });
    opened.expectError(409, 'EMAIL_NOT_VERIFIED');
    (await open()).expect(201);
  });

  it('is refused to accounts without a customer at Creem', async () => {
    (await open()).expectError(409, 'CREEM_CUSTOMER_MISSING');
  });

  it('takes no return URL', async () => {
    const returnUrl = 'http://127.0.0.1:5000/';
    (await open({ returnUrl })).expectError(400, 'INVALID_REQUEST', 'returnUrl');
  });
});
