import { IdempotencyKey } from '@cloud-bridge/base';
import { postCheckIn } from '../../../src/credits/checkin/postCheckIn.ts';
import type { Parts } from '../../../src/main/compose.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { auditWallet, readLedger } from '../../support/ledger.ts';
import { newAdmin, newPerson, newPersonUnverified, type Person, proveAddress } from '../../support/people.ts';
import { orderAnd } from '../../support/stripeControl.ts';

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});

const checkIn = (idempotencyKey?: string) => person.send('POST', '/billing/checkin', { idempotencyKey });
const state = async () => (await person.send('GET', '/billing/checkin')).expect(200).data;

/** The product's parts on another day, and perhaps with other rules. */
function depsOn(day: string, rules: object = {}): Parts {
  const deps = suiteDeps();
  const current = async () => {
    const catalog = await deps.catalog.current();
    return { ...catalog, checkin: { ...catalog.checkin, ...rules } };
  };
  return { ...deps, clock: () => `${day}T12:00:00.000Z`, catalog: { current } };
}
const checkInOn = async (day: string, rules: object = {}) => {
  const caller = { kind: 'account', accountId: person.accountId, via: 'idToken', isAdmin: false } as const;
  return (await postCheckIn(depsOn(day, rules), caller, { key: null })).checkIn;
};

it('a check-in gives promotional credits that lapse, and says when the next is possible', async () => {
  expect(await state()).toMatchObject({ checkedInToday: false, streakDays: 0, nextRewardCredits: 1 });
  const { data } = (await checkIn()).expect(201);
  expect(data).toMatchObject({ streakDays: 1, rewardCredits: 1 });
  expect((await person.credits()).lots).toEqual([
    { source: 'promotion', remainingCredits: 1, expiresAt: expect.any(String) },
  ]);
  expect(await state()).toMatchObject({ checkedInToday: true, streakDays: 1, nextRewardCredits: 1 });
  expect((await readLedger(person.accountId)).map(({ id }) => id)).toEqual([data.transactionId]);
});

it('twenty at once give one bonus', async () => {
  const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => checkIn(`key ${index}`)));
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  for (const reply of replies.filter(({ status }) => status !== 201)) reply.expectError(409, 'ALREADY_CHECKED_IN');
  expect(await auditWallet(person.accountId)).toMatchObject({ availableCredits: 1, sequence: 1 });
});

it('a repetition with the same Idempotency-Key gets the same answer, another request a 409', async () => {
  const first = (await checkIn('once')).expect(201);
  const second = (await checkIn('once')).expect(201);
  expect(second.data).toEqual(first.data);
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  const refused = (await checkIn()).expectError(409, 'ALREADY_CHECKED_IN');
  expect(refused.json.error.details.nextCheckInAt).toMatch(/T00:00:00.000Z$/);
});

it('a repetition that comes after midnight gets the same answer, and no second bonus', async () => {
  const caller = { kind: 'account', accountId: person.accountId, via: 'idToken', isAdmin: false } as const;
  const first = await postCheckIn(depsOn('2026-03-14'), caller, { key: new IdempotencyKey('late') });
  const repeated = await postCheckIn(depsOn('2026-03-15'), caller, { key: new IdempotencyKey('late') });
  expect(repeated).toEqual({ checkIn: first.checkIn, replayed: true });
  expect(await readLedger(person.accountId)).toHaveLength(1);
});

it('days in a row raise the reward, and a missed day begins anew', async () => {
  const rules = { rewardsCredits: [1, 2, 5] };
  const days = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02', '2026-03-04'];
  const rewards: number[] = [];
  for (const day of days) rewards.push((await checkInOn(day, rules)).rewardCredits);
  expect(rewards).toEqual([1, 2, 5, 5, 1]);
  // A clock that is behind brings no second bonus.
  await expect(checkInOn('2026-03-03', rules)).rejects.toMatchObject({ code: 'ALREADY_CHECKED_IN' });
  const { totals } = await auditWallet(person.accountId);
  expect(totals.grantedCredits).toBe(14);
});

it('a day without a reward counts, and posts nothing', async () => {
  expect(await checkInOn('2026-03-01', { rewardsCredits: [0, 3] })).toMatchObject({ transactionId: null });
  expect(await checkInOn('2026-03-02', { rewardsCredits: [0, 3] })).toMatchObject({ rewardCredits: 3, streakDays: 2 });
});

it('where the operator asks for a first purchase, nobody else gets anything', async () => {
  const rules = { requiresPurchase: true };
  await expect(checkInOn('2026-03-01', rules)).rejects.toMatchObject({ code: 'CHECKIN_NEEDS_PURCHASE' });
  await person.grant(100);
  await expect(checkInOn('2026-03-01', rules)).rejects.toMatchObject({ code: 'CHECKIN_NEEDS_PURCHASE' });
  const { orderId } = await orderAnd(person, 'pay');
  expect(await checkInOn('2026-11-01', rules)).toMatchObject({ streakDays: 1 });
  const admin = await newAdmin();
  (await admin.send('POST', `/admin/orders/${orderId}/refund`, { body: {} })).expect(201);
  await expect(checkInOn('2026-11-02', rules)).rejects.toMatchObject({ code: 'CHECKIN_NEEDS_PURCHASE' });
});

it('gives nothing to who has not proved an address, unless the operator allows it', async () => {
  const stranger = await newPersonUnverified();
  expect((await stranger.send('GET', '/billing/checkin')).expect(200).data.requiresVerifiedEmail).toBe(true);
  (await stranger.send('POST', '/billing/checkin')).expectError(403, 'CHECKIN_NEEDS_VERIFIED_EMAIL');
  person = stranger;
  expect(await readLedger(person.accountId)).toEqual([]);
  expect(await checkInOn('2026-03-01', { requiresVerifiedEmail: false })).toMatchObject({ streakDays: 1 });
  await proveAddress(stranger.accountId);
  (await stranger.send('POST', '/billing/checkin')).expect(201);
});

it('only operators see and change the rules', async () => {
  const admin = await newAdmin();
  (await person.send('GET', '/admin/checkin/config')).expectError(403, 'ADMIN_REQUIRED');
  const { data: before } = (await admin.send('GET', '/admin/checkin/config')).expect(200);
  const change = (body: object) => admin.send('PUT', '/admin/checkin/config', { body });
  (await change({ rewardsCredits: [-1] })).expectError(400, 'INVALID_REQUEST', 'rewardsCredits.0');
  (await change({ ...before, bonus: 1 })).expectError(400, 'INVALID_REQUEST', 'bonus');
  // What is left out stays as it is, also where there is a default.
  const kept = { ...before, creditsExpireAfterDays: 7, requiresPurchase: true };
  (await change({ creditsExpireAfterDays: 7, requiresPurchase: true })).expect(200);
  expect((await change({ rewardsCredits: before.rewardsCredits })).expect(200).data).toEqual(kept);
  const rules = { ...before, requiresPurchase: true };
  expect((await change({ ...rules, reason: 'against farming' })).expect(200).data).toEqual(rules);
  expect((await admin.send('GET', '/admin/checkin/config')).expect(200).data).toEqual(rules);
  const [record] = (await admin.send('GET', '/admin/audit-log?limit=1')).expect(200).data;
  expect(record).toMatchObject({ action: 'catalog.change', reason: 'against farming' });
  expect((await change(before)).expect(200).data).toEqual(before);
});
