import { randomUUID } from 'node:crypto';
import { reportCredits } from '../../../src/credits/reports/reportCredits.ts';
import { runScheduled, suiteDeps } from '../../support/functionsTest.ts';
import { newAdmin, type Person, personWithCredits } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let admin: Person;
beforeAll(async () => {
  admin = await newAdmin();
});

interface Report {
  readonly month: string;
  readonly differenceCredits: number;
  readonly openingCredits: number;
  readonly closingCredits: number;
  readonly [figure: string]: unknown;
}

const months = async (): Promise<Report[]> =>
  (await admin.send('GET', '/admin/reports/credits?limit=100')).expect(200).data;
const outstanding = async () => (await admin.send('GET', '/admin/reports/outstanding')).expect(200).data;
const thisMonth = () => new Date().toISOString().slice(0, 7);
const monthOf = async (month: string) =>
  (await months()).find((report) => report.month === month) ?? { closingCredits: 0 };
const figure = (report: object, name: string) => Number((report as Record<string, unknown>)[name] ?? 0);

/** A round through all wallets that has begun and ended now. */
async function report(): Promise<void> {
  await database().doc('reports/progress').delete();
  await runScheduled('reportCredits');
}

/** What all wallets have, straight from the database. */
async function sumOfWallets() {
  const wallets = await database().collectionGroup('wallets').get();
  let sum = 0;
  for (const document of wallets.docs) {
    if (document.id !== 'test') sum += document.get('availableCredits') + document.get('heldCredits');
  }
  return sum;
}

it('what happened is in the month, the books balance, and the sum is what all wallets have', async () => {
  await report();
  const before = await monthOf(thisMonth());
  const { person, key } = await personWithCredits(100);
  await person.grant(1_000, null, 'test');
  (await key.charge({ operation: 'presetShare' })).expect(201);
  (await key.charge({ operation: 'presetShare', capture: false })).expect(201);
  const body = { accountId: person.accountId, amountCredits: -5, reason: 'Test' };
  (await admin.send('POST', '/admin/credits/manual', { body })).expect(201);
  await report();
  const after = await monthOf(thisMonth());
  const grown = (name: string) => figure(after, name) - figure(before, name);
  expect({
    granted: grown('grantedCredits'),
    consumed: grown('consumedCredits'),
    adjusted: grown('adjustedCredits'),
    held: grown('heldCredits'),
    closing: grown('closingCredits'),
  }).toEqual({ granted: 100, consumed: 10, adjusted: -5, held: 10, closing: 85 });
  const all = await months();
  for (const { differenceCredits } of all) expect(differenceCredits).toBe(0);
  for (const [index, { openingCredits }] of all.entries()) {
    expect(openingCredits).toBe(all[index + 1]?.closingCredits ?? 0);
  }
  const state = await outstanding();
  expect(state).toMatchObject({ outstandingCredits: await sumOfWallets(), differenceCredits: 0 });
  expect(Date.parse(state.completeUntil)).toBeGreaterThan(0);
});

it('a round that stops goes on, and wallets count once however many rounds run at once', async () => {
  const people = await Promise.all(Array.from({ length: 3 }, () => personWithCredits(10)));
  expect(people).toHaveLength(3);
  await database().doc('reports/progress').delete();
  const { count } = (await database().collectionGroup('wallets').count().get()).data();
  let calls = 1;
  while (!(await reportCredits(suiteDeps(), Math.ceil(count / 10)))) calls += 1;
  expect(calls).toBeGreaterThan(1);
  await Promise.all(Array.from({ length: 4 }, () => reportCredits(suiteDeps(), 10_000)));
  expect(await outstanding()).toMatchObject({ outstandingCredits: await sumOfWallets(), differenceCredits: 0 });
});

it('entries of earlier months are in those months', async () => {
  const deps = suiteDeps();
  const address = { accountId: randomUUID(), walletId: 'main' };
  const grant = (now: string, amountCredits: number) => {
    const id = randomUUID();
    const ids = { entryId: `grt_${id}`, commandId: id, requestHash: id, now };
    const source = { source: 'promotion', expiresAt: null, description: 'Test grant' } as const;
    return deps.wallets.submit(address, { ...ids, ...source, type: 'grant', amountCredits });
  };
  await report();
  const [january, march] = [await monthOf('2020-01'), await monthOf('2020-03')];
  await grant('2020-01-31T23:59:59.999Z', 3);
  await report();
  await grant('2020-01-31T23:59:59.999Z', 4);
  await grant('2020-03-01T00:00:00.000Z', 50);
  await grant('2020-03-09T00:00:00.000Z', 60);
  await report();
  const granted = async (month: string, before: object) =>
    figure(await monthOf(month), 'grantedCredits') - figure(before, 'grantedCredits');
  expect(await granted('2020-01', january)).toBe(7);
  expect(await granted('2020-03', march)).toBe(110);
  expect((await months()).every(({ differenceCredits }) => differenceCredits === 0)).toBe(true);
});

it('the months have pages', async () => {
  await report();
  const first = (await admin.send('GET', '/admin/reports/credits?limit=1')).expect(200);
  expect(first.data).toHaveLength(1);
  const second = (await admin.send('GET', `/admin/reports/credits?limit=1&cursor=${first.json.nextCursor}`)).expect(
    200,
  );
  expect(second.data[0].month < first.data[0].month).toBe(true);
});
