import { type Key, newAdmin, type Person, personWithCredits } from '../support/people.ts';
import { database } from '../support/suite.ts';
import { atUpstream } from '../support/upstreamControl.ts';

/** The Idempotency-Key of both shops, which number their orders alike. */
const IDEMPOTENCY_KEY = 'order-1';

interface Shop {
  readonly person: Person;
  readonly key: Key;
}

let one: Shop;
let other: Shop;
beforeEach(async () => {
  [one, other] = await Promise.all([personWithCredits(100), personWithCredits(100)]);
});

const deliver = async ({ key }: Shop, body: object) =>
  (await key.send('POST', '/account/deliveries', { body, idempotencyKey: IDEMPOTENCY_KEY })).expect(201).data;
const share = (shop: Shop, recipient: string) => deliver(shop, { operation: 'presetShare', recipient });

/** Creates an object for both shops with the same Idempotency-Key; returns both ids. */
async function idsOfBoth(path: string, body: object): Promise<string[]> {
  const post = async ({ person }: Shop) =>
    (await person.send('POST', path, { body, idempotencyKey: IDEMPOTENCY_KEY })).expect(201).data.id;
  return [await post(one), await post(other)];
}

describe('a delivery under a key that another account has used', () => {
  it('reaches the delivery service and has its own result', async () => {
    const login = await deliver(one, { operation: 'login', payload: { user: 'ada' } });
    const shared = await share(other, 'grace');
    expect(shared).toMatchObject({ status: 'delivered', costCredits: 10, result: { recipient: 'grace' } });
    expect(await atUpstream(shared.id)).toMatchObject({ requests: 1, effects: 1 });
    expect(await atUpstream(login.id)).toMatchObject({ requests: 1, effects: 1 });
    expect((await other.person.credits()).availableCredits).toBe(90);
    expect((await one.person.credits()).availableCredits).toBe(100);
  });

  it('does not reveal the recipient of the other account', async () => {
    await share(other, 'grace-the-secret');
    const login = await deliver(one, { operation: 'login', payload: { user: 'ada' } });
    expect(JSON.stringify(login)).not.toContain('grace-the-secret');
    expect(login.result).toEqual({ valid: true });
  });
});

it.each([
  ['/account/keys', { name: 'shop' }],
  ['/account/integrations', { name: 'Shop', platform: 'shopify' }],
])('%s creates objects with different ids for two accounts', async (path, body) => {
  const [first, second] = await idsOfBoth(path, body);
  expect(first).not.toBe(second);
});

it('a search by operators for the owner of a key finds one account', async () => {
  const admin = await newAdmin();
  const [keyOfOne] = await idsOfBoth('/account/keys', { name: 'shop' });
  const { data } = (await admin.send('GET', `/admin/accounts?keyId=${keyOfOne}`)).expect(200);
  expect(data.map(({ id }: { id: string }) => id)).toEqual([one.person.accountId]);
});

it('no entry of a ledger has the id of another account’s entry', async () => {
  const entriesOf = async ({ person, key }: Shop) => {
    const post = async (by: Person | Key, path: string, body?: object) =>
      (await by.send('POST', path, { ...(body && { body }), idempotencyKey: IDEMPOTENCY_KEY })).data;
    const { id } = await post(key, '/billing/charges', { operation: 'follow', capture: false });
    await key.send('POST', `/billing/charges/${id}/capture`, { body: {}, idempotencyKey: 'capture-1' });
    await post(key, '/billing/charges/batch', { charges: [{ operation: 'follow' }, { operation: 'unfollow' }] });
    await post(await person.createKey({ kind: 'test' }), '/billing/charges', { operation: 'follow' });
    await post(person, '/account/test-credits', { amountCredits: 5 });
    await post(person, '/billing/checkin');
    const wallets = await database().collection(`accounts/${person.accountId}/wallets`).listDocuments();
    const entries = await Promise.all(wallets.map((wallet) => wallet.collection('entries').listDocuments()));
    return entries.flat().map((entry) => entry.id);
  };
  const [ofOne, ofOther] = await Promise.all([entriesOf(one), entriesOf(other)]);
  expect(ofOne.length).toBeGreaterThan(7);
  expect(ofOne.filter((id) => ofOther.includes(id))).toEqual([]);
});
