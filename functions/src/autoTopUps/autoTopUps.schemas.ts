import * as z from 'zod';
import { timeOut } from '../http/schemas.ts';
import { majorAmountSchema, priceSchema } from '../shared/money.ts';

/** Far above any balance that is low. */
const MAX_THRESHOLD_CREDITS = 1_000_000_000;

export const changeAutoTopUpSchema = z
  .strictObject({
    enabled: z.boolean(),
    thresholdCredits: z.int().min(1).max(MAX_THRESHOLD_CREDITS).optional().meta({
      description: 'Something is bought when fewer credits than this are available. Needed to switch it on.',
    }),
    pack: z.string().min(1).max(40).optional().meta({ description: 'What is bought: a pack, or else `amount`.' }),
    amount: majorAmountSchema.optional(),
    currency: z.string().max(10).optional().meta({ description: '`usd` unless given.' }),
    monthlyCap: majorAmountSchema.optional().meta({
      description:
        'The most that is spent in a calendar month (UTC), in dollars, euros or pounds. Needed to switch it on.',
    }),
  })
  .superRefine(({ enabled, ...rule }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (!enabled) {
      for (const [field, value] of Object.entries(rule)) {
        if (value !== undefined) refuse(field, 'only goes with enabled: true');
      }
      return;
    }
    if (rule.thresholdCredits === undefined) refuse('thresholdCredits', 'is required to switch it on');
    if (rule.monthlyCap === undefined) refuse('monthlyCap', 'is required to switch it on');
    if ((rule.pack === undefined) === (rule.amount === undefined)) {
      refuse('amount', 'exactly one of pack and amount is required');
    }
  });
export type ChangeAutoTopUpRequest = z.output<typeof changeAutoTopUpSchema>;

export const autoTopUpSchema = z
  .object({
    status: z.enum(['off', 'active', 'capped', 'paused']).meta({
      description: '`capped`: the next one would go beyond the cap of this month. `paused`: see `pause`.',
    }),
    enabled: z.boolean(),
    thresholdCredits: z.int().nullable(),
    pack: z.string().nullable(),
    price: priceSchema.nullable().meta({ description: 'What is paid each time; null when it is not sold any more.' }),
    credits: z.int().nullable().meta({ description: 'What is bought each time.' }),
    monthlyCap: priceSchema.nullable(),
    spentThisMonth: priceSchema.nullable(),
    orderInFlight: z.string().nullable().meta({ description: 'The order under way; never more than one.' }),
    pause: z
      .object({ at: timeOut, code: z.string(), message: z.string(), orderId: z.string().nullable() })
      .nullable()
      .meta({ description: 'Why nothing is bought since. Switch it on again to end it.' }),
  })
  .meta({ id: 'AutoTopUp' });
