import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { reasonSchema } from '../../access/auditLog/auditLog.schemas.ts';
import { accountIdSchema, idSchema } from '../../platform/http/schemas.ts';

export const adjustCreditsSchema = z.strictObject({
  accountId: accountIdSchema,
  walletId: idSchema.default(MAIN_WALLET_ID),
  amountCredits: z
    .int()
    .refine((amount) => amount !== 0, { message: 'must not be 0' })
    .meta({ description: 'A positive amount adds credits, a negative amount takes available credits.', example: -50 }),
  reason: reasonSchema,
});
export type AdjustCreditsRequest = z.output<typeof adjustCreditsSchema>;
