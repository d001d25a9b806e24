import { addDays, dayOf, type IsoDay, invalidRequest } from '@cloud-bridge/base';
import type { WalletAddress } from '@cloud-bridge/ledger';
import type * as z from 'zod';
import { walletOfCaller } from '../../access/wallets/walletOfCaller.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { csvLine } from '../../platform/http/csvLine.ts';
import type { UsageNeeds } from './needs.ts';
import { DEFAULT_DAYS, type UsageQuery, type usageSchema } from './usage.schemas.ts';
import { callsOf, columnsOf, type GroupBy, sumUsage, type Usage, type UsageRow, usageRows } from './usage.ts';

/** Most rows in a JSON response; CSV files have no limit. */
const MAX_ROWS = 1_000;

/** The wallet, range of days and rows of a report. */
interface UsageReport {
  readonly address: WalletAddress;
  readonly from: IsoDay;
  readonly to: IsoDay;
  readonly rows: AsyncGenerator<UsageRow>;
}

/**
 * Reports usage as JSON.
 * @throws INVALID_REQUEST if the first day is after the last, WALLET_NOT_FOUND for a wallet that isn't the caller's
 */
export async function reportUsage(
  deps: UsageNeeds,
  caller: Caller,
  query: UsageQuery,
): Promise<z.input<typeof usageSchema>> {
  const { address, from, to, rows } = await usageReport(deps, caller, query);
  const shown: UsageRow[] = [];
  let totals = sumUsage([]);
  let count = 0;
  for await (const row of rows) {
    count += 1;
    totals = sumUsage([totals, row]);
    if (count <= MAX_ROWS) shown.push(row);
  }
  return {
    walletId: address.walletId,
    from,
    to,
    totals: withCalls(totals),
    rows: shown.map(withCalls),
    isComplete: count <= MAX_ROWS,
  };
}

/**
 * Exports usage as CSV.
 * @throws INVALID_REQUEST, WALLET_NOT_FOUND
 */
export async function exportUsage(deps: UsageNeeds, caller: Caller, query: UsageQuery) {
  const { address, from, to, rows } = await usageReport(deps, caller, query);
  return { text: linesOf(rows, query.groupBy), fileName: `usage-${address.walletId}-${from}-${to}.csv` };
}

async function usageReport(deps: UsageNeeds, caller: Caller, query: UsageQuery): Promise<UsageReport> {
  const to = query.to ?? dayOf(deps.clock());
  const from = query.from ?? addDays(to, 1 - DEFAULT_DAYS);
  if (from > to) throw invalidRequest([{ in: 'query', field: 'from', message: `must be no later than ${to}` }]);
  const address = await walletOfCaller(deps, caller, query.walletId);
  return { address, from, to, rows: usageRows(deps.wallets.readCounters(address, from, to), query.groupBy) };
}

async function* linesOf(rows: AsyncIterable<UsageRow>, groupBy: GroupBy): AsyncGenerator<string> {
  const columns = [...columnsOf(groupBy), 'calls', 'succeededCalls', 'failedCalls', 'spentCredits'] as const;
  yield csvLine(columns);
  for await (const row of rows) {
    const figures = withCalls(row);
    yield csvLine(columns.map((column) => figures[column]));
  }
}

function withCalls<Row extends Usage>(row: Row): Row & { calls: number } {
  return { ...row, calls: callsOf(row) };
}
