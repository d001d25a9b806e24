import * as z from 'zod';
import { reasonSchema } from '../auditLog/auditLog.schemas.ts';
import { accountIdSchema, idSchema } from '../http/schemas.ts';
import { MAIN_WALLET_ID } from '../wallets/wallet.ts';

export const adjustCreditsSchema = z.strictObject({
  accountId: accountIdSchema,
  walletId: idSchema.default(MAIN_WALLET_ID),
  amountCredits: z
    .int()
    .refine((amount) => amount !== 0, { message: 'must not be 0' })
    .meta({ description: 'Positive gives credits, negative takes credits that are there.', example: -50 }),
  reason: reasonSchema,
});
export type AdjustCreditsRequest = z.output<typeof adjustCreditsSchema>;
