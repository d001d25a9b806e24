import * as z from 'zod';
import { parseCursor, sequencePosition, sequencePositionOf } from '../http/cursors.ts';
import { list, toPage } from '../http/replies.ts';
import { defineRoute } from '../http/route.ts';
import { DEFAULT_PAGE_SIZE, idSchema, listOf, offsetQuery, pageQuery, timeOut, timeSchema } from '../http/schemas.ts';
import { ENTRY_KINDS, type Entry } from '../wallets/entry.ts';
import { walletOfCaller } from '../wallets/walletOfCaller.ts';
import { exportTransactions } from './exportTransactions.ts';

const transactionSchema = z
  .object({
    id: z.string(),
    walletId: z.string(),
    sequence: z.int(),
    kind: z.enum(ENTRY_KINDS),
    amountCredits: z.int().meta({ description: 'What it added to the available credits; negative: took from them.' }),
    balanceAfterCredits: z.int(),
    operation: z.string().optional(),
    orderId: z.string().optional(),
    apiKeyId: z.string().optional(),
    deliveryId: z.string().optional(),
    chargeId: z.string().optional().meta({ description: 'The hold that it settles or extends.' }),
    description: z.string(),
    createdAt: timeOut,
  })
  .meta({ id: 'Transaction' });

const filterQuery = {
  walletId: idSchema.optional(),
  kind: z.enum(ENTRY_KINDS).optional(),
  operation: z.string().min(1).max(40).optional(),
  from: timeSchema.optional().meta({ description: 'From this moment on.' }),
  to: timeSchema.optional().meta({ description: 'Before this moment.' }),
};

export const transactionRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/transactions',
    tag: 'Ledger',
    summary: 'The ledger, newest first',
    access: { to: 'account' },
    query: z.strictObject({ ...pageQuery, ...offsetQuery, ...filterQuery }),
    response: listOf(transactionSchema),
    errors: { 404: ['WALLET_NOT_FOUND'] },
    handle: async (deps, { caller, query }) => {
      const { limit = DEFAULT_PAGE_SIZE, cursor, walletId, ...filters } = query;
      const entries = await deps.wallets.listEntries(await walletOfCaller(deps, caller, walletId), {
        ...filters,
        beforeSequence: parseCursor(cursor, sequencePosition)?.sequence,
        limit: limit + 1,
      });
      const page = toPage(entries, limit, sequencePositionOf);
      return list({ ...page, items: page.items.map(renderTransaction) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/transactions.csv',
    tag: 'Ledger',
    summary: 'The same as a file, whole',
    access: { to: 'account' },
    query: z.strictObject(filterQuery),
    produces: 'text/csv',
    response: z.string(),
    errors: { 404: ['WALLET_NOT_FOUND'] },
    handle: async (deps, { caller, query: { walletId, ...filters } }) => {
      const address = await walletOfCaller(deps, caller, walletId);
      return { text: exportTransactions(deps, address, filters), fileName: `transactions-${address.walletId}.csv` };
    },
  }),
];

/** An entry as clients see it: without how lots and holds moved. */
function renderTransaction(entry: Entry): z.input<typeof transactionSchema> {
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
