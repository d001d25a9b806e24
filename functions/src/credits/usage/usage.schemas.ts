import * as z from 'zod';
import { daySchema, idSchema } from '../../platform/http/schemas.ts';
import { GROUP_BY } from './usage.ts';

/** Days in a report without a first day. */
export const DEFAULT_DAYS = 30;

export const usageQuery = z.strictObject({
  from: daySchema.optional().meta({ description: `First day, in UTC. Default: a period of ${DEFAULT_DAYS} days.` }),
  to: daySchema.optional().meta({ description: 'Last day, included. Default: today.' }),
  groupBy: z.enum(GROUP_BY).default('day'),
  walletId: idSchema.optional().meta({ description: 'Default: `main`. Test keys spend from `test`.' }),
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
          integrationId: z
            .string()
            .nullable()
            .optional()
            .meta({ description: 'null: charged without an integration.' }),
          outcome: z.enum(['succeeded', 'failed']).optional(),
          ...figures,
        }),
      )
      .meta({
        description:
          'Ordered by day, and within a day by credits spent, highest first. Days without usage have no row.',
      }),
    isComplete: z.boolean().meta({ description: 'false: there are more rows; the CSV file has all.' }),
  })
  .meta({ id: 'Usage' });
