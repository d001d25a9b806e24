import { randomUUID } from 'node:crypto';
import { getAuth } from 'firebase-admin/auth';
import { runAutoTopUp } from '../../../src/sales/autoTopUps/runAutoTopUp.ts';
import { type Reply, send } from '../../support/apiClient.ts';
import { saveCard } from '../../support/cards.ts';
import { startFramework } from '../../support/framework.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { Key, newAdmin, type Person, personWithCredits, signIn } from '../../support/people.ts';
import { database, firebase } from '../../support/suite.ts';

let admin: Person;
let person: Person;
let key: Key;
beforeAll(async () => {
  admin = await newAdmin();
});
beforeEach(async () => {
  ({ person, key } = await personWithCredits(100));
});

const find = async (query: string) => (await admin.send('GET', `/admin/accounts?${query}`)).expect(200).data;
const idsOf = (accounts: readonly { id: string }[]) => accounts.map(({ id }) => id);
const set = (verb: 'freeze' | 'unfreeze', body: object = {}, idempotencyKey?: string) =>
  admin.send('POST', `/admin/accounts/${person.accountId}/${verb}`, { body, idempotencyKey });
const records = async () =>
  (await admin.send('GET', `/admin/audit-log?accountId=${person.accountId}`)).expect(200).data;

/** Runs work on an instance without a cache; other instances may use cached data for five seconds. */
async function onNewInstance(body: (at: (by: Person | Key, ...request: Request) => Promise<Reply>) => Promise<void>) {
  const instance = await startFramework('api');
  try {
    await body((by, method, path, body) => {
      const headers = by instanceof Key ? { 'x-api-key': by.secret } : { authorization: `Bearer ${by.idToken}` };
      return send(method, path, { headers, ...(body && { body }) }, instance.url);
    });
  } finally {
    await instance.stop();
  }
}
type Request = [method: string, path: string, body?: object];

describe('an account is found', () => {
  it('by id, email in any case, key and customer, and not if only one of two criteria matches', async () => {
    const { email } = (await database().doc(`accounts/${person.accountId}`).get()).data() as { email: string };
    await saveCard(person);
    const [{ stripeCustomerId }] = await find(`id=${person.accountId}`);
    expect(stripeCustomerId).toMatch(/^cus_/);
    for (const query of [
      `email=${encodeURIComponent(email)}`,
      `email=${encodeURIComponent(email.toUpperCase())}`,
      `keyId=${key.id}`,
      `customerId=${stripeCustomerId}`,
      `id=${person.accountId}&email=${encodeURIComponent(email)}`,
    ]) {
      expect(idsOf(await find(query))).toEqual([person.accountId]);
    }
    expect(await find(`id=${person.accountId}&email=other@example.com`)).toEqual([]);
    expect(await find('keyId=key_nothing')).toEqual([]);
  });

  it('in the list, newest first', async () => {
    const { data } = (await admin.send('GET', '/admin/accounts?limit=5')).expect(200);
    expect(idsOf(data)).toContain(person.accountId);
    const times = data.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect([...times].sort().reverse()).toEqual(times);
  });

  it('with its wallets', async () => {
    const { data } = (await admin.send('GET', `/admin/accounts/${person.accountId}`)).expect(200);
    expect(data).toMatchObject({ isFrozen: false, wallets: [{ id: 'main', availableCredits: 100 }] });
    (await admin.send('GET', '/admin/accounts/nobody')).expectError(404, 'ACCOUNT_NOT_FOUND');
  });
});

describe('a frozen account', () => {
  it('can read and cancel but not spend or buy, until the freeze is lifted', async () => {
    const hold = (await key.charge({ operation: 'presetShare', capture: false })).expect(201).data;
    expect((await set('freeze', { reason: 'Key leaked' })).expect(200).data).toMatchObject({
      isFrozen: true,
      frozenReason: 'Key leaked',
    });
    await onNewInstance(async (at) => {
      const holdPath = `/billing/charges/${hold.id}`;
      const refused: [Person | Key, string, string, object][] = [
        [key, 'POST', '/billing/charges', { operation: 'follow' }],
        [key, 'POST', '/billing/charges', { operation: 'login' }],
        [key, 'POST', `${holdPath}/capture`, {}],
        [key, 'POST', `${holdPath}/extend`, { holdSeconds: 60 }],
        [key, 'POST', '/billing/charges/batch', { charges: [{ operation: 'follow' }] }],
        [person, 'POST', '/billing/charges', { operation: 'follow' }],
        [person, 'POST', '/billing/checkout', { pack: 'starter' }],
        [person, 'POST', '/billing/topup', { amount: 50 }],
        [person, 'POST', '/billing/subscribe', { planSlug: 'pro' }],
        [person, 'POST', '/billing/coupons/redeem', { code: 'NOTHING' }],
        [person, 'POST', '/account/keys', {}],
      ];
      for (const [by, ...request] of refused) {
        (await at(by, ...request)).expectError(403, 'ACCOUNT_FROZEN');
      }
      (await at(key, 'GET', '/billing/balance')).expect(200);
      (await at(person, 'GET', '/billing/transactions')).expect(200);
      (await at(key, 'POST', '/billing/charges/estimate', { operation: 'follow' })).expect(200);
      (await at(key, 'POST', `${holdPath}/release`, {})).expect(200);
    });
    expect((await person.credits()).availableCredits).toBe(100);
    (await set('unfreeze')).expect(200);
    await onNewInstance(async (at) => {
      (await at(key, 'POST', '/billing/charges', { operation: 'follow' })).expect(201);
    });
  });

  it('gets no automatic top-up until the freeze is lifted', async () => {
    await saveCard(person);
    const rule = { enabled: true, thresholdCredits: 100, pack: 'starter', monthlyCap: 20 };
    (await person.send('PUT', '/billing/auto-topup', { body: rule })).expect(200);
    (await set('freeze')).expect(200);
    const taken = { accountId: person.accountId, amountCredits: -50, reason: 'To be below the threshold' };
    (await admin.send('POST', '/admin/credits/manual', { body: taken })).expect(201);
    // Each of these processes has an empty cache.
    await runAutoTopUp(suiteDeps(), person.accountId);
    expect((await person.send('GET', '/billing/orders')).expect(200).data).toEqual([]);
    (await set('unfreeze')).expect(200);
    await runAutoTopUp(suiteDeps(), person.accountId);
    expect((await person.send('GET', '/billing/orders')).expect(200).data).toMatchObject([{ method: 'automatic' }]);
  });

  it('is recorded once with operator and reason, however often the request is repeated', async () => {
    (await set('freeze', { reason: 'One' })).expect(200);
    (await set('freeze', { reason: 'Two' })).expect(200);
    expect(await records()).toEqual([
      expect.objectContaining({
        action: 'account.freeze',
        actorId: admin.accountId,
        accountId: person.accountId,
        reason: 'One',
        before: { frozenAt: null },
        after: { frozenAt: expect.any(String) },
      }),
    ]);
  });

  it('is not frozen again by a late repetition of the request', async () => {
    const late = randomUUID();
    (await set('freeze', {}, late)).expect(200);
    (await set('unfreeze')).expect(200);
    // The repetition gets the first answer.
    expect((await set('freeze', {}, late)).expect(200).data.isFrozen).toBe(true);
    expect((await admin.send('GET', `/admin/accounts/${person.accountId}`)).expect(200).data.isFrozen).toBe(false);
    (await set('freeze', { reason: 'Other' }, late)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    expect(await records()).toHaveLength(2);
  });
});

it('an account whose user has a custom uid works like other accounts', async () => {
  const accountId = `auth0|${randomUUID()}`;
  const credentials = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  await getAuth(firebase()).createUser({ uid: accountId, ...credentials });
  const stranger = await signIn(credentials);
  (await stranger.send('GET', '/account')).expect(200);
  const path = `/admin/accounts/${encodeURIComponent(accountId)}`;
  expect((await admin.send('GET', path)).expect(200).data).toMatchObject({ id: accountId });
  expect(idsOf(await find(`id=${encodeURIComponent(accountId)}`))).toEqual([accountId]);
  const page = (await admin.send('GET', '/admin/accounts?limit=1')).expect(200).json;
  expect(idsOf(page.data)).toEqual([accountId]);
  (await admin.send('GET', `/admin/accounts?limit=1&cursor=${page.nextCursor}`)).expect(200);
  const gift = { accountId, amountCredits: 5, reason: 'welcome' };
  (await admin.send('POST', '/admin/credits/manual', { body: gift })).expect(201);
  for (const list of ['credits/transactions', 'audit-log', 'orders']) {
    (await admin.send('GET', `/admin/${list}?accountId=${encodeURIComponent(accountId)}`)).expect(200);
  }
  for (const verb of ['freeze', 'unfreeze']) (await admin.send('POST', `${path}/${verb}`, { body: {} })).expect(200);
  const body = { accountId, forfeitCredits: true };
  (await stranger.send('DELETE', '/account', { body })).expect(200);
});
