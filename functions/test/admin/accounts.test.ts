import { randomUUID } from 'node:crypto';
import { saveCard } from '../support/cards.ts';
import { suiteDeps } from '../support/functionsTest.ts';
import { type Key, newAdmin, type Person, personWithCredits } from '../support/people.ts';
import { database } from '../support/suite.ts';

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

/** As every instance sees it once what it believed has lapsed. */
const waitForInstances = () => new Promise((resolve) => setTimeout(resolve, 5_100));

describe('an account is found', () => {
  it('by id, email in any case, key and customer, and not by what only one of two searches meets', async () => {
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

  it('in the list, the latest first', async () => {
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
  it('neither spends nor buys, reads, winds things up, and goes on when that ends', async () => {
    const hold = (await key.charge({ operation: 'presetShare', capture: false })).expect(201).data;
    expect((await set('freeze', { reason: 'Key leaked' })).expect(200).data).toMatchObject({
      isFrozen: true,
      frozenReason: 'Key leaked',
    });
    await waitForInstances();
    (await key.charge({ operation: 'follow' })).expectError(403, 'ACCOUNT_FROZEN');
    (await key.charge({ operation: 'login' })).expectError(403, 'ACCOUNT_FROZEN');
    const capture = await key.send('POST', `/billing/charges/${hold.id}/capture`, { body: {} });
    capture.expectError(403, 'ACCOUNT_FROZEN');
    for (const [path, body] of [
      ['/billing/charges', { operation: 'follow' }],
      ['/billing/charges/batch', { charges: [{ operation: 'follow' }] }],
      ['/billing/checkout', { pack: 'starter' }],
      ['/billing/topup', { amount: 50 }],
      ['/billing/coupons/redeem', { code: 'NOTHING' }],
      ['/account/keys', {}],
    ] as const) {
      (await person.send('POST', path, { body })).expectError(403, 'ACCOUNT_FROZEN');
    }
    (await key.send('GET', '/billing/balance')).expect(200);
    (await person.send('GET', '/billing/transactions')).expect(200);
    (await key.send('POST', '/billing/charges/estimate', { body: { operation: 'follow' } })).expect(200);
    (await key.send('POST', `/billing/charges/${hold.id}/release`, { body: {} })).expect(200);
    expect((await person.credits()).availableCredits).toBe(100);
    (await set('unfreeze')).expect(200);
    await waitForInstances();
    (await key.charge({ operation: 'follow' })).expect(201);
  });

  it('buys nothing automatically either', async () => {
    await saveCard(person);
    const rule = { enabled: true, thresholdCredits: 1_000, product: { type: 'pack', key: 'starter' } };
    const deps = suiteDeps();
    (await set('freeze')).expect(200);
    const { runAutoTopUp } = require('../../src/autoTopUps/runAutoTopUp.ts');
    await runAutoTopUp(deps, person.accountId);
    expect(rule.enabled).toBe(true);
    expect((await person.send('GET', '/billing/orders')).expect(200).data).toEqual([]);
  });

  it('is recorded once, however often it is asked for, with who and why', async () => {
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

  it('is not frozen again by a request that is repeated late', async () => {
    const late = randomUUID();
    (await set('freeze', {}, late)).expect(200);
    (await set('unfreeze')).expect(200);
    expect((await set('freeze', {}, late)).expect(200).data.isFrozen).toBe(false);
    (await set('freeze', { reason: 'Other' }, late)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
    expect(await records()).toHaveLength(2);
  });
});
