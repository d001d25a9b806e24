import type { Entry, EntryQuery, WalletAddress } from '@cloud-bridge/ledger';
import { type CsvCell, csvLine } from '../../platform/http/csvLine.ts';
import type { TransactionsNeeds } from './needs.ts';

/** Entries that are in memory at a time, however long the ledger is. */
const ENTRIES_PER_PAGE = 500;

/** What a line of the ledger says of an entry, in the order of columns. */
const COLUMNS = [
  'createdAt',
  'sequence',
  'kind',
  'amountCredits',
  'balanceAfterCredits',
  'operation',
  'description',
  'apiKeyId',
  'orderId',
  'chargeId',
  'id',
] as const satisfies readonly (keyof Entry)[];

/** The first line of a file of transactions. */
export const TRANSACTION_HEADER = csvLine(COLUMNS);

/** The lines of some entries. */
export function transactionLines(entries: readonly Entry[]): string {
  return entries.map((entry) => csvLine(COLUMNS.map((column): CsvCell => entry[column]))).join('');
}

/** The ledger as a file, newest first: page after page, as fast as it is taken. */
export async function* exportTransactions(
  deps: TransactionsNeeds,
  address: WalletAddress,
  filters: Omit<EntryQuery, 'limit' | 'beforeSequence' | 'offset'>,
): AsyncGenerator<string> {
  yield TRANSACTION_HEADER;
  for (let beforeSequence: number | undefined; ; ) {
    const page = await deps.wallets.listEntries(address, { ...filters, beforeSequence, limit: ENTRIES_PER_PAGE });
    if (page.length > 0) yield transactionLines(page);
    if (page.length < ENTRIES_PER_PAGE) return;
    beforeSequence = page.at(-1)?.sequence;
  }
}
