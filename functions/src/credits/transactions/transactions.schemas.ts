import { ENTRY_KINDS, type Entry } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { accountIdSchema, idSchema, offsetQuery, pageQuery, timeOut, timeSchema } from '../../platform/http/schemas.ts';

const filters = {
  walletId: idSchema.optional(),
  kind: z.enum(ENTRY_KINDS).optional(),
  operation: z.string().min(1).max(40).optional(),
  from: timeSchema.optional().meta({ description: 'Includes transactions from this time on.' }),
  to: timeSchema.optional().meta({ description: 'Includes transactions before this time.' }),
};

export const transactionsFileQuery = z.strictObject(filters);

export const transactionsQuery = z.strictObject({ ...pageQuery, ...offsetQuery, ...filters });

export const accountTransactionsQuery = z.strictObject({
  ...pageQuery,
  // The cursor may contain the ids of an account, a wallet and an entry.
  cursor: z.string().max(800).optional(),
  accountId: accountIdSchema.optional().meta({ description: 'Default: all accounts.' }),
  walletId: idSchema.optional().meta({ description: "Default: the account's main wallet." }),
  kind: filters.kind,
});

export const transactionSchema = z
  .object({
    id: z.string(),
    walletId: z.string(),
    sequence: z.int(),
    kind: z.enum(ENTRY_KINDS),
    amountCredits: z.int().meta({ description: 'Change of the available credits; negative if credits were taken.' }),
    balanceAfterCredits: z.int(),
    operation: z.string().optional(),
    orderId: z.string().optional(),
    apiKeyId: z.string().optional(),
    deliveryId: z.string().optional(),
    chargeId: z.string().optional().meta({ description: 'The hold that this transaction settles or extends.' }),
    description: z.string(),
    createdAt: timeOut,
  })
  .meta({ id: 'Transaction' });

export const accountTransactionSchema = transactionSchema
  .extend({ accountId: z.string() })
  .meta({ id: 'AccountTransaction' });

/** Renders an entry for its account, without changes of lots and holds. */
export function renderTransaction(entry: Entry): z.input<typeof transactionSchema> {
  const { id, walletId, sequence, kind, amountCredits, balanceAfterCredits, description, createdAt } = entry;
  const { operation, orderId, apiKeyId, deliveryId, chargeId } = entry;
  return {
    id,
    walletId,
    sequence,
    kind,
    amountCredits,
    balanceAfterCredits,
    ...(operation && { operation }),
    ...(orderId && { orderId }),
    ...(apiKeyId && { apiKeyId }),
    ...(deliveryId && { deliveryId }),
    ...(chargeId && { chargeId }),
    description,
    createdAt,
  };
}

/** Renders an entry for operators, with its account. */
export function renderAccountTransaction(entry: Entry): z.input<typeof accountTransactionSchema> {
  return { accountId: entry.accountId, ...renderTransaction(entry) };
}
