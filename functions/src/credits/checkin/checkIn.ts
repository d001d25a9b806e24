import { addDays, dayOf, type IsoDay, type IsoTime, startOfDay } from '@cloud-bridge/base';
import type { Catalog } from '../../catalog/catalog.ts';

/** The latest check-in of an account. */
export interface CheckIn {
  readonly accountId: string;
  /** The UTC day of the check-in. */
  readonly day: IsoDay;
  /** Consecutive days with a check-in, including this one. */
  readonly streakDays: number;
  readonly rewardCredits: number;
  /** The ledger entry that added the credits; null when the day's reward is 0. */
  readonly transactionId: string | null;
  /** Derived from the Idempotency-Key, to recognize a repeated request; null without a key. */
  readonly requestKey: string | null;
  readonly checkedInAt: IsoTime;
}

type Rules = Catalog['checkin'];

/** Returns the streak after a check-in on a day. After a missed day the streak is 1. */
export function streakAfter(latest: Pick<CheckIn, 'day' | 'streakDays'> | null, day: IsoDay): number {
  return latest && latest.day === addDays(day, -1) ? latest.streakDays + 1 : 1;
}

/** Returns the reward for a streak, in credits; the catalog's last figure applies to all longer streaks. */
export function rewardOf({ rewardsCredits }: Pick<Rules, 'rewardsCredits'>, streakDays: number): number {
  return rewardsCredits[Math.min(streakDays, rewardsCredits.length) - 1] ?? 0;
}

/** Returns when the next check-in is possible: now, or after the UTC day of the latest. */
export function nextCheckInAt(latest: Pick<CheckIn, 'day'> | null, now: IsoTime): IsoTime {
  const today = dayOf(now);
  return latest && latest.day >= today ? startOfDay(addDays(latest.day, 1)) : now;
}
