import * as z from 'zod';

const MAX_TEST_CREDITS = 1_000_000;

export const addTestCreditsSchema = z.strictObject({ amountCredits: z.int().min(1).max(MAX_TEST_CREDITS) });
export type AddTestCreditsRequest = z.output<typeof addTestCreditsSchema>;

export const testCreditsSchema = z
  .object({
    transactionId: z.string().meta({ description: 'The ledger entry in the test wallet.' }),
    walletId: z.string(),
    amountCredits: z.int(),
    balanceAfterCredits: z.int(),
  })
  .meta({ id: 'TestCredits' });
