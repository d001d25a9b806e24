import { countersOf, sumOf } from '@cloud-bridge/ledger';
import { flattened } from '../../../../packages/ledger/src/counters.ts';
import { readLedger } from '../../support/ledger.ts';
import { type Key, newPerson, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

const today = () => new Date().toISOString().slice(0, 10);

let person: Person;
let key: Key;
let other: Key;
let day: string;

const usage = async (query = '', who = person) => (await who.send('GET', `/account/usage${query}`)).expect(200).data;
const csv = async (query = '') => (await person.send('GET', `/account/usage.csv${query}`)).expect(200);
const hold = async (who: { send: Person['send'] }, operation: string): Promise<string> =>
  (await who.send('POST', '/billing/charges', { body: { operation, capture: false } })).expect(201).data.id;
const settle = (who: { send: Person['send'] }, id: string, how: 'capture' | 'release', body = {}) =>
  who.send('POST', `/billing/charges/${id}/${how}`, { body });

// key: follow 3, follow 3, login 0, presetShare captured 4 of 10 (by the owner), presetShare released · other: follow 3
// owner: unfollow 3 · an open hold counts nowhere
beforeAll(async () => {
  do {
    day = today();
    ({ person, key } = await personWithCredits(1_000));
    other = await person.createKey();
    (await key.charge({ operation: 'follow' }, 'twice')).expect(201);
    (await key.charge({ operation: 'follow' }, 'twice')).expect(201);
    (await key.charge({ operation: 'follow' })).expect(201);
    (await key.charge({ operation: 'login' })).expect(201);
    (await key.charge({ operation: 'presetShare', quantity: 1_000 })).expect(402);
    (await settle(person, await hold(key, 'presetShare'), 'capture', { amountCredits: 4 })).expect(200);
    (await settle(key, await hold(key, 'presetShare'), 'release')).expect(200);
    (await other.charge({ operation: 'follow' })).expect(201);
    (await person.send('POST', '/billing/charges', { body: { operation: 'unfollow' } })).expect(201);
    await hold(key, 'captureShare');
    // Once more if midnight came between.
  } while (day !== today());
});

const row = (calls: number, failedCalls: number, spentCredits: number) => ({
  calls,
  succeededCalls: calls - failedCalls,
  failedCalls,
  spentCredits,
});

it('counts what was charged, captured, released and refused, each once', async () => {
  expect(await usage()).toMatchObject({
    walletId: 'main',
    to: day,
    totals: row(7, 1, 16),
    rows: [{ day, ...row(7, 1, 16) }],
    isComplete: true,
  });
});

it.each([
  [
    'operation',
    'operation',
    [
      ['follow', row(3, 0, 9)],
      ['presetShare', row(2, 1, 4)],
      ['unfollow', row(1, 0, 3)],
      ['login', row(1, 0, 0)],
    ],
  ],
  [
    'outcome',
    'outcome',
    [
      ['succeeded', row(6, 0, 16)],
      ['failed', row(1, 1, 0)],
    ],
  ],
  ['integration', 'integrationId', [[null, row(7, 1, 16)]]],
] as const)('is told by %s, in all and by day', async (groupBy, field, expected) => {
  const rows = expected.map(([name, figures]) => ({ [field]: name, ...figures }));
  expect((await usage(`?groupBy=${groupBy}`)).rows).toEqual(rows);
  expect((await usage(`?groupBy=day,${groupBy}`)).rows).toEqual(rows.map((figures) => ({ day, ...figures })));
});

it('of a hold is the usage of the key that made it, whoever settles it', async () => {
  const rows = [
    { apiKeyId: key.id, ...row(5, 1, 10) },
    ...[
      { apiKeyId: other.id, ...row(1, 0, 3) },
      { apiKeyId: null, ...row(1, 0, 3) },
    ].sort((a, b) => ((a.apiKeyId ?? '') < (b.apiKeyId ?? '') ? -1 : 1)),
  ];
  expect((await usage('?groupBy=key')).rows).toEqual(rows);
});

it('equals what the ledger adds up to', async () => {
  const { docs } = await database().collection(`accounts/${person.accountId}/wallets/main/usage`).get();
  const stored = sumOf(docs.map((document) => flattened(document.data())));
  const counted = sumOf((await readLedger(person.accountId)).map(countersOf));
  const withoutZeros = (counters: ReadonlyMap<string, number>) =>
    [...counters].filter(([, figure]) => figure !== 0).sort();
  expect(withoutZeros(stored)).toEqual(withoutZeros(counted));
});

it('comes as a file with the same rows', async () => {
  const reply = await csv('?groupBy=day,operation');
  expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(reply.headers.get('content-disposition')).toMatch(/^attachment; filename=usage-main-.*\.csv$/);
  expect(reply.text.split('\r\n')).toEqual([
    'day,operation,calls,succeededCalls,failedCalls,spentCredits',
    `${day},follow,3,3,0,9`,
    `${day},presetShare,2,1,1,4`,
    `${day},unfollow,1,1,0,3`,
    `${day},login,1,1,0,0`,
    '',
  ]);
});

it('of other days is none', async () => {
  expect((await usage('?from=2020-01-01&to=2020-12-31')).rows).toEqual([]);
  expect((await csv('?from=2020-01-01&to=2020-12-31')).text).toBe(
    'day,calls,succeededCalls,failedCalls,spentCredits\r\n',
  );
  expect((await usage(`?from=2000-01-01&to=9999-12-31`)).totals).toEqual(row(7, 1, 16));
});

it('of test keys is told apart', async () => {
  const testKey = await person.createKey({ kind: 'test' });
  (await testKey.charge({ operation: 'follow' })).expect(201);
  expect((await usage('?walletId=test&groupBy=key')).rows).toEqual([{ apiKeyId: testKey.id, ...row(1, 0, 3) }]);
  expect((await usage()).totals).toEqual(row(7, 1, 16));
});

it("is nobody else's to see, and asks for days that are some", async () => {
  const stranger = await newPerson();
  expect((await usage('', stranger)).rows).toEqual([]);
  for (const path of ['/account/usage', '/account/usage.csv']) {
    (await stranger.send('GET', `${path}?walletId=sub_1`)).expectError(404, 'WALLET_NOT_FOUND');
    for (const [query, field] of [
      ['from=yesterday', 'from'],
      ['from=1999-12-31', 'from'],
      ['to=2026-02-30', 'to'],
      ['from=2026-03-02&to=2026-03-01', 'from'],
      ['groupBy=week', 'groupBy'],
      ['walletId=..', 'walletId'],
    ] as const) {
      (await person.send('GET', `${path}?${query}`)).expectError(400, 'INVALID_REQUEST', field);
    }
  }
});
