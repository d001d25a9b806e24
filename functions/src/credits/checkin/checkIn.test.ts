import { nextCheckInAt, rewardOf, streakAfter } from './checkIn.ts';

it.each([
  ['the first time', null, 1],
  ['the day after', { day: '2026-02-28', streakDays: 3 }, 4],
  ['a day was missed', { day: '2026-02-27', streakDays: 3 }, 1],
  ['in another year', { day: '2025-02-28', streakDays: 3 }, 1],
])('days in a row: %s', (_name, latest, streakDays) => {
  expect(streakAfter(latest, '2026-03-01')).toBe(streakDays);
});

it('the last reward applies to all later days', () => {
  const rewards = { rewardsCredits: [1, 2, 5] };
  expect([1, 2, 3, 4, 400].map((days) => rewardOf(rewards, days))).toEqual([1, 2, 5, 5, 5]);
});

it('the next check-in is possible at once, or after the UTC day', () => {
  const now = '2026-12-31T23:59:59.999Z';
  expect(nextCheckInAt(null, now)).toBe(now);
  expect(nextCheckInAt({ day: '2026-12-30' }, now)).toBe(now);
  expect(nextCheckInAt({ day: '2026-12-31' }, now)).toBe('2027-01-01T00:00:00.000Z');
  // An instance whose clock is ahead has already checked in for tomorrow.
  expect(nextCheckInAt({ day: '2027-01-01' }, now)).toBe('2027-01-02T00:00:00.000Z');
});
