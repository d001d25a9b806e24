import { type Key, newPerson, type Person, personWithCredits } from '../../support/people.ts';
import { orderAnd } from '../../support/stripeControl.ts';

let person: Person;
let key: Key;

// grant 100 · follow −3 · hold −10 · capture +0 · follow −3 · login 0
beforeAll(async () => {
  ({ person, key } = await personWithCredits(100));
  (await key.charge({ operation: 'follow' })).expect(201);
  const { id } = (await key.charge({ operation: 'presetShare', capture: false })).expect(201).data;
  (await key.send('POST', `/billing/charges/${id}/capture`, { body: { amountCredits: 4 } })).expect(200);
  (await key.charge({ operation: 'follow' })).expect(201);
  (await key.charge({ operation: 'login' })).expect(201);
});

const list = async (query = '') => (await person.send('GET', `/billing/transactions${query}`)).expect(200).json;
const kindsOf = (page: { data: { kind: string }[] }) => page.data.map((row) => row.kind);

it('are the whole ledger, newest first, each with the balance after it', async () => {
  const { data, nextCursor } = await list();
  expect(
    data.map((row: Record<string, unknown>) => [row.sequence, row.kind, row.amountCredits, row.balanceAfterCredits]),
  ).toEqual([
    [6, 'charge', 0, 90],
    [5, 'charge', -3, 90],
    [4, 'capture', 6, 93],
    [3, 'hold', -10, 87],
    [2, 'charge', -3, 97],
    [1, 'grant', 100, 100],
  ]);
  expect(nextCursor).toBeNull();
  expect(data[1]).toMatchObject({ walletId: 'main', operation: 'follow', apiKeyId: key.id, description: 'follow' });
  expect(data[2].chargeId).toBe(data[3].id);
});

it('come in pages that neither repeat nor skip, even while the ledger grows', async () => {
  const first = await list('?limit=4');
  (await key.charge({ operation: 'login' })).expect(201);
  const second = await list(`?limit=4&cursor=${first.nextCursor}`);
  expect([...first.data, ...second.data].map((row) => row.sequence)).toEqual([6, 5, 4, 3, 2, 1]);
  expect((await list('?limit=2&offset=5')).data.map((row: { sequence: number }) => row.sequence)).toEqual([2, 1]);
});

it('can be filtered by kind, operation and time', async () => {
  expect(kindsOf(await list('?kind=hold'))).toEqual(['hold']);
  expect(kindsOf(await list('?operation=presetShare'))).toEqual(['capture', 'hold']);
  expect(kindsOf(await list('?operation=presetShare&kind=capture'))).toEqual(['capture']);
  expect(kindsOf(await list('?kind=expiry'))).toEqual([]);
  const { data } = await list('?kind=hold');
  const [{ createdAt }] = data;
  const after = await list(`?from=${createdAt}&limit=100`);
  expect(after.data.every((row: { createdAt: string }) => row.createdAt >= createdAt)).toBe(true);
  const before = await list(`?to=${createdAt}`);
  expect(before.data.map((row: { sequence: number }) => row.sequence)).toEqual([2, 1]);
  const both = await list(`?from=${createdAt}&to=${createdAt}`);
  expect(both.data).toEqual([]);
  expect((await list('?from=2100-01-01T00:00:00Z')).data).toEqual([]);
  expect((await list('?to=2100-01-01T00:00:00%2B02:00&kind=grant')).data).toHaveLength(1);
});

it('that share a millisecond are all or none within a time', async () => {
  const crowd = await personWithCredits(100);
  const charges = Array.from({ length: 20 }, () => ({ operation: 'follow' }));
  (await crowd.key.send('POST', '/billing/charges/batch', { body: { charges } })).expect(200);
  const { data } = (await crowd.person.send('GET', '/billing/transactions?kind=charge&limit=100')).expect(200);
  const times = new Set<string>(data.map((row: { createdAt: string }) => row.createdAt));
  expect(times.size).toBeLessThan(20);
  for (const time of times) {
    const rows = async (query: string) =>
      (await crowd.person.send('GET', `/billing/transactions?kind=charge&limit=100&${query}`)).expect(200).data.length;
    const since = data.filter((row: { createdAt: string }) => row.createdAt >= time).length;
    expect(await rows(`from=${time}`)).toBe(since);
    expect(await rows(`to=${time}`)).toBe(20 - since);
  }
});

it('of a purchase name its order', async () => {
  const buyer = await newPerson();
  const { orderId } = await orderAnd(buyer, 'pay');
  const { data } = (await buyer.send('GET', '/billing/transactions')).expect(200);
  expect(data).toMatchObject([{ kind: 'purchase', orderId, amountCredits: 100, description: 'Starter pack' }]);
});

it("are nobody else's to see", async () => {
  const stranger = await newPerson();
  expect((await stranger.send('GET', '/billing/transactions')).expect(200).data).toEqual([]);
});
