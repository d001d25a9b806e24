import * as z from 'zod';
import { walletOfCaller } from '../../access/wallets/walletOfCaller.ts';
import { parseCursor, sequencePosition, sequencePositionOf } from '../../platform/http/cursors.ts';
import { list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { DEFAULT_PAGE_SIZE, listOf } from '../../platform/http/schemas.ts';
import { exportTransactions } from './exportTransactions.ts';
import type { TransactionsNeeds } from './needs.ts';
import { pageOfLedgers } from './pageOfLedgers.ts';
import {
  accountTransactionSchema,
  accountTransactionsQuery,
  renderAccountTransaction,
  renderTransaction,
  transactionSchema,
  transactionsFileQuery,
  transactionsQuery,
} from './transactions.schemas.ts';

export const transactionRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/transactions',
    tag: 'Ledger',
    summary: 'List transactions, newest first',
    access: { to: 'account' },
    query: transactionsQuery,
    response: listOf(transactionSchema),
    errors: ['WALLET_NOT_FOUND'],
    handle: async (deps: TransactionsNeeds, { caller, query }) => {
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
    summary: 'Export transactions as CSV',
    access: { to: 'account' },
    query: transactionsFileQuery,
    produces: 'text/csv',
    response: z.string(),
    errors: ['WALLET_NOT_FOUND'],
    handle: async (deps: TransactionsNeeds, { caller, query: { walletId, ...filters } }) => {
      const address = await walletOfCaller(deps, caller, walletId);
      return { text: exportTransactions(deps, address, filters), fileName: `transactions-${address.walletId}.csv` };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/credits/transactions',
    tag: 'Admin',
    summary: 'List transactions of one or all accounts',
    description: 'One account: newest first. All accounts: ordered by account.',
    access: { to: 'admin' },
    query: accountTransactionsQuery,
    response: listOf(accountTransactionSchema),
    handle: async (deps: TransactionsNeeds, { query }) => {
      const page = await pageOfLedgers(deps, query);
      return list({ ...page, items: page.items.map(renderAccountTransaction) });
    },
  }),
];
