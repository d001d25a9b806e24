import { ENTRY_KINDS } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { idSchema } from '../../platform/http/schemas.ts';

export const statementQuery = z.strictObject({
  month: z
    .string()
    .regex(/^[2-8]\d{3}-(0[1-9]|1[0-2])$/, { message: 'must be a month such as 2026-03' })
    .meta({ description: 'In UTC.', example: '2026-03' }),
  walletId: idSchema.optional(),
});
export type StatementQuery = z.output<typeof statementQuery>;

export const statementSchema = z
  .object({
    walletId: z.string(),
    month: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    isFinal: z.boolean().meta({ description: 'false until the month is over.' }),
    openingBalanceCredits: z.int().meta({ description: 'Available credits before the month’s first transaction.' }),
    movements: z.array(z.object({ kind: z.enum(ENTRY_KINDS), entries: z.int(), amountCredits: z.int() })).meta({
      description:
        'Change of the available credits by transactions of each kind; together the movements lead from the opening ' +
        'to the closing balance.',
    }),
    closingBalanceCredits: z.int(),
    spentCredits: z.int(),
    expiredCredits: z.int(),
    heldChangeCredits: z.int().meta({ description: 'Change of the credits in open holds.' }),
    operations: z.array(
      z.object({
        operation: z.string(),
        succeededCalls: z.int(),
        failedCalls: z.int(),
        spentCredits: z.int(),
      }),
    ),
  })
  .meta({ id: 'Statement' });
