import { addDays, dayOf, type IsoDay, type IsoTime, startOfDay } from '@cloud-bridge/base';
import type { Catalog } from '../../catalog/catalog.ts';

/** The latest check-in of an account. */
export interface CheckIn {
  readonly accountId: string;
  /** The UTC day of it. */
  readonly day: IsoDay;
  /** Days in a row, this one included. */
  readonly streakDays: number;
  readonly rewardCredits: number;
  /** The ledger entry that gave the credits; null when the day's reward was nothing. */
  readonly transactionId: string | null;
  /** What tells a repetition of the request; null without an Idempotency-Key. */
  readonly requestKey: string | null;
  readonly checkedInAt: IsoTime;
}

type Rules = Catalog['checkin'];

/** How many days in a row a check-in on a day makes. A day that was missed begins anew. */
export function streakAfter(latest: Pick<CheckIn, 'day' | 'streakDays'> | null, day: IsoDay): number {
  return latest && latest.day === addDays(day, -1) ? latest.streakDays + 1 : 1;
}

/** Credits for so many days in a row; the last figure of the catalog holds for all later days. */
export function rewardOf({ rewardsCredits }: Pick<Rules, 'rewardsCredits'>, streakDays: number): number {
  return rewardsCredits[Math.min(streakDays, rewardsCredits.length) - 1] ?? 0;
}

/** When the next check-in is possible: at once, or when the UTC day ends. */
export function nextCheckInAt(latest: Pick<CheckIn, 'day'> | null, now: IsoTime): IsoTime {
  const today = dayOf(now);
  return latest && latest.day >= today ? startOfDay(addDays(latest.day, 1)) : now;
}
