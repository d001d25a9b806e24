import * as z from 'zod';
import { currencySchema } from '../../catalog/currency.ts';
import { text, timeOut, timeSchema } from '../../platform/http/schemas.ts';
import { COUPON_STATUSES, type Coupon, couponStatus } from './coupon.ts';
import type { RedeemedCoupon } from './redeemCoupon.ts';

/** Codes that payment providers accept, too. */
export const couponCodeSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{3,39}$/, { message: 'must be 4 to 40 letters, digits and dashes' })
  .meta({ example: 'SPRING-26', description: 'Case-insensitive.' });

const amounts = z.partialRecord(currencySchema, z.int().min(1).max(99_999_999));
const names = z.array(z.string().min(1).max(40)).min(1).max(100);

export const createCouponSchema = z
  .strictObject({
    code: couponCodeSchema,
    name: text(40).optional().meta({ description: 'The name on receipts; the code by default.' }),
    credits: z.int().min(1).max(1_000_000_000).optional().meta({ description: 'Credits per redemption.' }),
    creditsExpireAfterDays: z
      .int()
      .min(1)
      .max(3_650)
      .optional()
      .meta({ description: 'Days after which the redeemed credits expire; they never expire by default.' }),
    percentOff: z.int().min(1).max(100).optional(),
    amountsOffMinor: amounts
      .optional()
      .meta({ description: "Discount by currency, in the currency's minor unit; not valid in other currencies." }),
    packs: names.optional().meta({ description: 'Keys of the packs to which the discount applies; all by default.' }),
    plans: names.optional().meta({ description: 'Slugs of the plans to which the discount applies; all by default.' }),
    maxRedemptions: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .meta({ description: 'Maximum number of uses by all accounts together; no limit by default.' }),
    maxRedemptionsPerAccount: z.int().min(1).max(1_000_000).default(1),
    expiresAt: timeSchema.optional(),
  })
  .superRefine((request, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const { credits, percentOff, amountsOffMinor } = request;
    const benefits = [credits, percentOff, amountsOffMinor].filter((benefit) => benefit !== undefined);
    if (benefits.length !== 1) refuse('credits', 'exactly one of credits, percentOff and amountsOffMinor is required');
    if (amountsOffMinor && Object.keys(amountsOffMinor).length === 0) {
      refuse('amountsOffMinor', 'must have at least one currency');
    }
    if (credits === undefined && request.creditsExpireAfterDays !== undefined) {
      refuse('creditsExpireAfterDays', 'only goes with credits');
    }
    for (const field of ['packs', 'plans'] as const) {
      if (credits !== undefined && request[field]) refuse(field, 'only goes with discounts');
    }
  });
export type CreateCouponRequest = z.output<typeof createCouponSchema>;

export const redeemSchema = z.strictObject({ code: couponCodeSchema });

export const couponSchema = z
  .object({
    id: z.string(),
    code: z.string(),
    name: z.string().nullable(),
    status: z.enum(COUPON_STATUSES),
    type: z.enum(['credits', 'percent', 'amount']),
    credits: z.int().nullable(),
    creditsExpireAfterDays: z.int().nullable(),
    percentOff: z.int().nullable(),
    amountsOffMinor: amounts.nullable(),
    packs: z.array(z.string()).nullable(),
    plans: z.array(z.string()).nullable(),
    redemptions: z.int().meta({ description: 'Number of uses, including orders that are not paid yet.' }),
    maxRedemptions: z.int().nullable(),
    maxRedemptionsPerAccount: z.int().nullable(),
    expiresAt: timeOut.nullable(),
    disabledAt: timeOut.nullable(),
    createdAt: timeOut,
  })
  .meta({ id: 'Coupon' });

export const redemptionSchema = z
  .object({
    code: z.string(),
    amountCredits: z.int(),
    creditsExpireAt: timeOut.nullable(),
    balanceAfterCredits: z.int(),
    transactionId: z.string().meta({ description: 'The ledger entry that granted the credits.' }),
    redeemedAt: timeOut,
  })
  .meta({ id: 'CouponRedemption' });

/** Renders a coupon for operators. */
export function renderCoupon(coupon: Coupon, now: string): z.input<typeof couponSchema> {
  const { id, name, benefit, packs, plans, redemptions, maxRedemptions, maxRedemptionsPerAccount } = coupon;
  return {
    id,
    code: id,
    name,
    status: couponStatus(coupon, now),
    type: benefit.type,
    credits: benefit.type === 'credits' ? benefit.credits : null,
    creditsExpireAfterDays: benefit.type === 'credits' ? benefit.creditsExpireAfterDays : null,
    percentOff: benefit.type === 'percent' ? benefit.percentOff : null,
    amountsOffMinor: benefit.type === 'amount' ? benefit.amountsOffMinor : null,
    packs: packs && [...packs],
    plans: plans && [...plans],
    redemptions,
    maxRedemptions,
    maxRedemptionsPerAccount,
    expiresAt: coupon.expiresAt,
    disabledAt: coupon.disabledAt,
    createdAt: coupon.createdAt,
  };
}

export function renderRedemption({ code, entry }: RedeemedCoupon): z.input<typeof redemptionSchema> {
  const { amountCredits, balanceAfterCredits, id, createdAt, lotChanges } = entry;
  return {
    code,
    amountCredits,
    // Null if all credits paid a debt: then no lot is left that could expire.
    creditsExpireAt:
      lotChanges.find(({ source, deltaCredits }) => source === 'promotion' && deltaCredits > 0)?.expiresAt ?? null,
    balanceAfterCredits,
    transactionId: id,
    redeemedAt: createdAt,
  };
}
