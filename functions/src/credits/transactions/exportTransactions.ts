import type { Entry, EntryQuery, WalletAddress } from '@cloud-bridge/ledger';
import { type CsvCell, csvLine } from '../../platform/http/csvLine.ts';
import type { TransactionsNeeds } from './needs.ts';

/** Entries per read; the export keeps one page in memory, however long the ledger is. */
const ENTRIES_PER_PAGE = 500;

/** The entry fields in the file, in the order of its columns. */
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

/** The header line of a transactions file. */
export const TRANSACTION_HEADER = csvLine(COLUMNS);

/** Returns the CSV lines of entries. */
export function transactionLines(entries: readonly Entry[]): string {
  return entries.map((entry) => csvLine(COLUMNS.map((column): CsvCell => entry[column]))).join('');
}

/** Exports the ledger as CSV, newest first; reads the next page when the client has taken the previous one. */
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
