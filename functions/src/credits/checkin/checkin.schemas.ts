import { dayOf, type IsoTime } from '@cloud-bridge/base';
import * as z from 'zod';
import { reasonSchema } from '../../access/auditLog/auditLog.schemas.ts';
import { type Catalog, checkinSchema } from '../../catalog/catalog.ts';
import { daySchema, timeOut } from '../../platform/http/schemas.ts';
import { type CheckIn, nextCheckInAt, rewardOf, streakAfter } from './checkIn.ts';

export const checkInStateSchema = z
  .object({
    checkedInToday: z.boolean(),
    streakDays: z.int().meta({ description: 'Consecutive days up to today or yesterday; 0 after a missed day.' }),
    nextRewardCredits: z.int().meta({ description: 'Credits for the next check-in, if no day is missed.' }),
    nextCheckInAt: timeOut.meta({ description: 'When the next check-in is possible; each UTC day allows one.' }),
    rewardsCredits: z
      .array(z.int())
      .meta({ description: 'Credits for each consecutive day; the last figure applies to all later days.' }),
    requiresPurchase: z.boolean(),
    requiresVerifiedEmail: z.boolean(),
  })
  .meta({ id: 'CheckInState' });

export const checkInSchema = z
  .object({
    day: daySchema,
    streakDays: z.int(),
    rewardCredits: z.int(),
    transactionId: z.string().nullable().meta({ description: 'The ledger entry; null when the reward is 0.' }),
    checkedInAt: timeOut,
  })
  .meta({ id: 'CheckIn' });

export const checkinConfigSchema = checkinSchema.meta({ id: 'CheckinConfig' });
const { shape } = checkinSchema;
export const changeCheckinConfigSchema = z.strictObject({
  // Without removeDefault, a field that is left out would be reset to its default.
  rewardsCredits: shape.rewardsCredits.optional(),
  creditsExpireAfterDays: shape.creditsExpireAfterDays.removeDefault().optional(),
  requiresPurchase: shape.requiresPurchase.removeDefault().optional(),
  requiresVerifiedEmail: shape.requiresVerifiedEmail.removeDefault().optional(),
  reason: reasonSchema.optional(),
});

export function renderCheckIn(checkIn: CheckIn): z.input<typeof checkInSchema> {
  const { day, streakDays, rewardCredits, transactionId, checkedInAt } = checkIn;
  return { day, streakDays, rewardCredits, transactionId, checkedInAt };
}

/** Renders an account's streak and its next reward. */
export function renderState(
  latest: CheckIn | null,
  rules: Catalog['checkin'],
  now: IsoTime,
): z.input<typeof checkInStateSchema> {
  const nextAt = nextCheckInAt(latest, now);
  const next = streakAfter(latest, dayOf(nextAt));
  return {
    checkedInToday: latest !== null && latest.day >= dayOf(now),
    streakDays: next - 1,
    nextRewardCredits: rewardOf(rules, next),
    nextCheckInAt: nextAt,
    rewardsCredits: [...rules.rewardsCredits],
    requiresPurchase: rules.requiresPurchase,
    requiresVerifiedEmail: rules.requiresVerifiedEmail,
  };
}
