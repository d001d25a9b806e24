import { randomUUID } from 'node:crypto';
import { addSeconds } from '@cloud-bridge/base';
import { getAuth } from 'firebase-admin/auth';
import { sweepDeletions } from '../../../src/access/accounts/sweepDeletions.ts';
import type { Parts } from '../../../src/main/compose.ts';
import { documentsOf } from '../../support/accountDocuments.ts';
import { send } from '../../support/apiClient.ts';
import { customerOf, saveCard } from '../../support/cards.ts';
import { startFramework } from '../../support/framework.ts';
import { suiteDeps, withParts } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { type Key, newAdmin, newPerson, type Person, personWithCredits, signIn } from '../../support/people.ts';
import { allWebhooksDelivered, orderAnd, stripe } from '../../support/stripeControl.ts';
import { Subscriber } from '../../support/subscriptions.ts';
import { database, firebase } from '../../support/suite.ts';

/** The suite's parts, an hour later, when every second round is due. */
function laterDeps(change: Partial<Parts> = {}): Parts {
  return withParts(suiteDeps(), { clock: () => addSeconds(new Date().toISOString(), 3_600), ...change });
}

const deleteAccountOf = (person: Person, body: Record<string, unknown> = {}) =>
  person.send('DELETE', '/account', { body: { accountId: person.accountId, ...body } });

const accountOf = async ({ accountId }: Person) => (await database().doc(`accounts/${accountId}`).get()).data();

/** Creates a user with the uid of a deleted user, as only an operator could. */
async function cameBackAs({ accountId }: Person): Promise<Person> {
  const credentials = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  await getAuth(firebase()).createUser({ uid: accountId, ...credentials });
  return signIn(credentials);
}

/** Sends a request to a process that has not cached the account; other processes cache it for five seconds. */
async function expectRefused(owner: Person, key: Key): Promise<void> {
  const fresh = await startFramework('api');
  const headers = { authorization: `Bearer ${owner.idToken}` };
  const body = { operation: 'follow' };
  (await send('GET', '/account', { headers }, fresh.url)).expectError(401, 'ACCOUNT_DELETED');
  (await send('POST', '/billing/charges', { headers, body }, fresh.url)).expectError(401, 'ACCOUNT_DELETED');
  const withKey = { headers: { 'x-api-key': key.secret }, body };
  (await send('POST', '/billing/charges', withKey, fresh.url)).expectError(401, 'CREDENTIAL_REVOKED');
  await fresh.stop();
}

it('the owner can read the account', async () => {
  const person = await newPerson();
  expect((await person.send('GET', '/account')).expect(200).data).toEqual({
    id: person.accountId,
    email: expect.stringContaining('@example.com'),
    isEmailVerified: true,
    createdAt: expect.any(String),
    customerIds: {},
  });
});

it('an export has all data but no secrets, in pages of any size', async () => {
  const { person, key } = await personWithCredits(1_000);
  for (let count = 0; count < 7; count += 1) {
    (await key.charge({ operation: 'follow', metadata: { note: `n${count}` } })).expect(201);
  }
  await orderAnd(person, 'pay');
  await saveCard(person);
  const exportedWith = async (limit: number) => {
    const records: { section: string; record: Record<string, unknown> }[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page = (await person.send('GET', `/account/export?limit=${limit}${query}`)).expect(200).json;
      records.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return records;
  };
  (await person.send('POST', '/account/integrations', { body: { name: 'Shop', platform: 'shopify' } })).expect(201);
  (await key.send('POST', '/account/deliveries', { body: { operation: 'login', payload: {} } })).expect(201);
  const records = await exportedWith(100);
  expect(await exportedWith(3)).toEqual(records);
  const count = (section: string) => records.filter((record) => record.section === section).length;
  expect(count('ledger')).toBe((await readLedger(person.accountId)).length);
  for (const section of ['profile', 'apiKeys', 'wallets', 'orders', 'deliveries', 'integrations', 'paymentMethods']) {
    expect([section, count(section)]).toEqual([section, 1]);
  }
  expect(JSON.stringify(records)).toContain('n6');
  expect(JSON.stringify(records)).not.toContain(key.secret);
  (await person.send('GET', '/account/export?cursor=e30')).expectError(400, 'INVALID_REQUEST', 'cursor');
});

it('only the owner can delete an account', async () => {
  const { person, key } = await personWithCredits(0);
  const other = await newPerson();
  const management = await person.createKey({ kind: 'management' });
  const body = { accountId: person.accountId };
  const headers = { authorization: `Bearer ${management.secret}` };
  (await other.send('DELETE', '/account', { body, headers })).expectError(403, 'CREDENTIAL_NOT_ALLOWED');
  (await key.send('DELETE', '/account', { body })).expectError(403, 'CREDENTIAL_NOT_ALLOWED');
  (await other.send('DELETE', '/account', { body })).expectError(403, 'ACCOUNT_MISMATCH');
  (await person.send('DELETE', '/account', { body: {} })).expectError(400, 'INVALID_REQUEST', 'accountId');
  expect(await accountOf(person)).not.toHaveProperty('deletedAt');
});

it('open business blocks the deletion and is listed in the answer', async () => {
  const subscriber = await Subscriber.create();
  const { person } = subscriber;
  const { subscriptionId } = (await subscriber.subscribe()).expect(201).data;
  await person.grant(100);
  const hold = (await person.send('POST', '/billing/charges', { body: { operation: 'follow', capture: false } })).data;
  const { orderId } = (await person.send('POST', '/billing/checkout', { body: { pack: 'starter' } })).expect(201).data;
  const refused = (await deleteAccountOf(person, { forfeitCredits: true })).expectError(409, 'ACCOUNT_IN_USE');
  expect(refused.json.error.details.blockers).toEqual([
    { kind: 'subscription', id: subscriptionId },
    { kind: 'order', id: orderId, until: expect.any(String) },
    { kind: 'holds', walletId: 'main', heldCredits: 3 },
  ]);
  (await person.send('POST', `/billing/charges/${hold.id}/release`, { body: {} })).expect(200);
  expect(await accountOf(person)).not.toHaveProperty('deletedAt');
  expect((await person.credits()).availableCredits).toBe(100);
});

it('a deletion forfeits credits only with forfeitCredits', async () => {
  const { person } = await personWithCredits(50);
  const reply = (await deleteAccountOf(person)).expectError(409, 'CREDITS_LEFT');
  expect(reply.json.error.details).toEqual({ availableCredits: 50 });
  (await deleteAccountOf(person, { forfeitCredits: true })).expect(200);
});

it('a deleted account keeps its figures but no personal data, and cannot be recreated', async () => {
  const subscriber = await Subscriber.create();
  const { person } = subscriber;
  const { email } = (await person.send('GET', '/account')).data;
  const { subscriptionId } = (await subscriber.subscribe()).expect(201).data;
  (await person.send('POST', '/billing/cancel', { body: { subscriptionId } })).expect(200);
  await orderAnd(person, 'pay');
  const key = await person.createKey({ name: 'of Ada Lovelace' });
  const words = { operation: 'follow', description: 'for Ada', metadata: { customer: 'Ada Lovelace' } };
  (await key.charge(words)).expect(201);
  (await person.send('POST', '/account/integrations', { body: { name: "Ada's shop", platform: 'shopify' } })).expect(
    201,
  );
  const delivery = { operation: 'follow', recipient: 'Ada', payload: {} };
  (await key.send('POST', '/account/deliveries', { body: delivery })).expect(201);
  const endpoint = { url: 'http://127.0.0.1:9/ada', events: ['order.paid'] };
  (await person.send('POST', '/account/webhooks', { body: endpoint })).expect(201);
  (await person.send('PUT', '/billing/alerts', { body: { depleted: true, email: true } })).expect(200);
  const before = await readLedger(person.accountId);
  (await deleteAccountOf(person, { forfeitCredits: true })).expect(200);
  await allWebhooksDelivered();

  const numbers = ({ description: _words, charge: _charge, ...rest }: (typeof before)[number]) => rest;
  expect((await readLedger(person.accountId)).map(numbers)).toEqual(before.map(numbers));
  const left = JSON.stringify(await documentsOf(person.accountId));
  for (const word of ['Ada', email]) expect(left).not.toContain(word);
  expect(await customerOf(person)).toMatchObject({ email: null, name: null });
  expect((await stripe.customers.listPaymentMethods(subscriber.customer.id)).data).toEqual([]);
  await expect(getAuth(firebase()).getUser(person.accountId)).rejects.toMatchObject({ code: 'auth/user-not-found' });

  const admin = await newAdmin();
  const adjustment = { accountId: person.accountId, amountCredits: 5, reason: 'goodwill' };
  (await admin.send('POST', '/admin/credits/manual', { body: adjustment })).expectError(409, 'ACCOUNT_DELETED');
  const freeze = `/admin/accounts/${person.accountId}/freeze`;
  (await admin.send('POST', freeze, { body: { reason: 'Ada' } })).expectError(409, 'ACCOUNT_DELETED');

  await expectRefused(await cameBackAs(person), key);
  await getAuth(firebase()).deleteUser(person.accountId);

  await sweepDeletions(laterDeps());
  expect(await accountOf(person)).toMatchObject({ email: null, erasureDueAt: null, deletedAt: expect.any(String) });
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 0, closedAt: expect.any(String) });
});

it('the sweep finishes an interrupted deletion, and may run again without harm', async () => {
  const { person, key } = await personWithCredits(50);
  (await key.charge({ operation: 'follow', metadata: { customer: 'Ada' } })).expect(201);
  const deletedAt = new Date().toISOString();
  await database().doc(`accounts/${person.accountId}`).update({ deletedAt, erasureDueAt: deletedAt });
  const broken = laterDeps({
    users: { ...suiteDeps().users, delete: () => Promise.reject(new Error('the process ended')) },
  });
  await sweepDeletions({ ...broken, logger: { ...broken.logger, error: () => {} } });
  expect(await accountOf(person)).toMatchObject({ email: null, erasureDueAt: expect.any(String) });
  await getAuth(firebase()).getUser(person.accountId);

  const muchLater = laterDeps({ clock: () => addSeconds(new Date().toISOString(), 3 * 3_600) });
  await sweepDeletions(muchLater);
  await sweepDeletions(muchLater);
  expect(await accountOf(person)).toMatchObject({ erasureDueAt: null });
  expect(JSON.stringify(await documentsOf(person.accountId))).not.toContain('Ada');
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 0, closedAt: expect.any(String) });
  await expect(getAuth(firebase()).getUser(person.accountId)).rejects.toMatchObject({ code: 'auth/user-not-found' });
});
