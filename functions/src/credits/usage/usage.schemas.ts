import * as z from 'zod';
import { daySchema, idSchema } from '../../platform/http/schemas.ts';
import { GROUP_BY } from './usage.ts';

/** Days that a report is about unless it says which. */
export const DEFAULT_DAYS = 30;

export const usageQuery = z.strictObject({
  from: daySchema
    .optional()
    .meta({ description: `First day, in UTC; ${DEFAULT_DAYS} days before the end unless given.` }),
  to: daySchema.optional().meta({ description: 'Last day, included; today unless given.' }),
  groupBy: z.enum(GROUP_BY).default('day'),
  walletId: idSchema.optional().meta({ description: '`main` unless given; `test` is what test keys spend from.' }),
});
export type UsageQuery = z.output<typeof usageQuery>;

const figures = {
  calls: z.int().meta({ description: 'Charges, and holds that have ended.' }),
  succeededCalls: z.int().meta({ description: 'Charges, and holds that were captured.' }),
  failedCalls: z.int().meta({ description: 'Holds that were released or expired; they cost nothing.' }),
  spentCredits: z.int(),
};

export const usageSchema = z
  .object({
    walletId: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    totals: z.object(figures),
    rows: z
      .array(
        z.object({
          day: z.iso.date().optional(),
          operation: z.string().optional(),
          apiKeyId: z
            .string()
            .nullable()
            .optional()
            .meta({ description: 'null: charged by the owner, without a key.' }),
          integrationId: z.string().nullable().optional().meta({ description: 'null: charged by no integration.' }),
          outcome: z.enum(['succeeded', 'failed']).optional(),
          ...figures,
        }),
      )
      .meta({ description: 'By day, and within a day what cost most first. Days without usage have no row.' }),
    isComplete: z.boolean().meta({ description: 'false: there are more rows; the CSV has them all.' }),
  })
  .meta({ id: 'Usage' });
