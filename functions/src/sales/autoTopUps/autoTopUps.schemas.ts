import * as z from 'zod';
import { majorAmountSchema, priceSchema } from '../../catalog/money.ts';
import { timeOut } from '../../platform/http/schemas.ts';

/** Largest threshold, in credits; far above any balance that counts as low. */
const MAX_THRESHOLD_CREDITS = 1_000_000_000;

export const changeAutoTopUpSchema = z
  .strictObject({
    enabled: z.boolean(),
    thresholdCredits: z.int().min(1).max(MAX_THRESHOLD_CREDITS).optional().meta({
      description: 'Credits are bought when fewer than this are available. Required with `enabled: true`.',
    }),
    pack: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .meta({ description: 'The key of the pack to buy. Exactly one of `pack` and `amount` is required.' }),
    amount: majorAmountSchema.optional().meta({ description: 'The amount for which credits are bought each time.' }),
    currency: z.string().max(10).optional().meta({ description: 'Defaults to `usd`.' }),
    monthlyCap: majorAmountSchema.optional().meta({
      description:
        'The most to spend in a calendar month (UTC), in dollars, euros or pounds. Required with `enabled: true`.',
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
    if (rule.thresholdCredits === undefined) refuse('thresholdCredits', 'is required with enabled: true');
    if (rule.monthlyCap === undefined) refuse('monthlyCap', 'is required with enabled: true');
    if ((rule.pack === undefined) === (rule.amount === undefined)) {
      refuse('amount', 'is required unless pack is given; give exactly one of them');
    }
  });
export type ChangeAutoTopUpRequest = z.output<typeof changeAutoTopUpSchema>;

export const autoTopUpSchema = z
  .object({
    status: z.enum(['off', 'active', 'capped', 'paused']).meta({
      description: '`capped`: the next order would exceed the cap of this month. `paused`: see `pause`.',
    }),
    enabled: z.boolean(),
    thresholdCredits: z.int().nullable(),
    pack: z.string().nullable(),
    price: priceSchema
      .nullable()
      .meta({ description: 'The price of each order; null if the product is no longer sold.' }),
    credits: z
      .int()
      .nullable()
      .meta({ description: 'The credits of each order; null if the product is no longer sold.' }),
    monthlyCap: priceSchema.nullable(),
    spentThisMonth: priceSchema.nullable(),
    orderInFlight: z
      .string()
      .nullable()
      .meta({ description: 'The id of the order that is not settled yet; there is at most one.' }),
    pause: z
      .object({ at: timeOut, code: z.string(), message: z.string(), orderId: z.string().nullable() })
      .nullable()
      .meta({ description: 'Why automatic top-up has paused. To continue, switch it on again.' }),
  })
  .meta({ id: 'AutoTopUp' });
