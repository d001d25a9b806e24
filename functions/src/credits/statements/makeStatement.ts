import { addDays, daysOf, invalidRequest, startOfDay } from '@cloud-bridge/base';
import { type Counters, countersOf, sumOf, type WalletAddress } from '@cloud-bridge/ledger';
import { walletOfCaller } from '../../access/wallets/walletOfCaller.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { csvLine } from '../../platform/http/csvLine.ts';
import { TRANSACTION_HEADER, transactionLines } from '../transactions/exportTransactions.ts';
import type { StatementsNeeds } from './needs.ts';
import { type Bounds, isOver, leadsThrough, type Statement, statementOf } from './statement.ts';
import type { StatementQuery } from './statements.schemas.ts';

/**
 * Makes the statement of a wallet's month; its figures add up exactly.
 * @throws INVALID_REQUEST for a future month, WALLET_NOT_FOUND for a wallet that isn't the caller's
 */
export async function makeStatement(deps: StatementsNeeds, caller: Caller, query: StatementQuery): Promise<Statement> {
  return (await statementWithBounds(deps, caller, query)).statement;
}

/**
 * Exports a statement as CSV: the opening balance, each entry, the closing balance.
 * @throws INVALID_REQUEST, WALLET_NOT_FOUND
 */
export async function exportStatement(deps: StatementsNeeds, caller: Caller, query: StatementQuery) {
  const found = await statementWithBounds(deps, caller, query);
  return { text: linesOf(deps, found), fileName: `statement-${found.address.walletId}-${query.month}.csv` };
}

interface FoundStatement {
  readonly address: WalletAddress;
  readonly bounds: Bounds;
  readonly statement: Statement;
}

async function statementWithBounds(
  deps: StatementsNeeds,
  caller: Caller,
  query: StatementQuery,
): Promise<FoundStatement> {
  const { month, walletId } = query;
  const address = await walletOfCaller(deps, caller, walletId);
  const { first, last } = daysOf(month);
  if (startOfDay(first) > deps.clock()) {
    throw invalidRequest([{ in: 'query', field: 'month', message: 'must not be in the future' }]);
  }
  const isFinal = isOver(startOfDay(addDays(last, 1)), deps.clock());
  const { counters, ...bounds } = await deps.wallets.readPeriod(address, first, last);
  const head = { walletId: address.walletId, month, from: first, to: last, isFinal };
  if (leadsThrough(bounds, counters)) return { address, bounds, statement: statementOf(head, bounds, counters) };
  // The ledger is the source of truth. The statement adds up its entries instead; the audit finds what is wrong.
  deps.logger.error('counters differ from the ledger', { ...address, month });
  return { address, bounds, statement: statementOf(head, bounds, await recount(deps, address, bounds)) };
}

async function recount(deps: StatementsNeeds, address: WalletAddress, bounds: Bounds): Promise<Counters> {
  let counters: Counters = new Map();
  for await (const page of entriesWithin(deps, address, bounds)) {
    counters = sumOf([counters, ...page.map(countersOf)]);
  }
  if (!leadsThrough(bounds, counters)) throw new Error(`the ledger of ${address.walletId} does not add up`);
  return counters;
}

function entriesWithin(deps: StatementsNeeds, address: WalletAddress, { opening, closing }: Bounds) {
  return deps.wallets.readEntries(address, (opening?.sequence ?? 0) + 1, closing?.sequence ?? 0);
}

async function* linesOf(deps: StatementsNeeds, { address, bounds, statement }: FoundStatement): AsyncGenerator<string> {
  const { from, to, openingBalanceCredits, closingBalanceCredits } = statement;
  yield TRANSACTION_HEADER + csvLine([from, null, 'opening_balance', null, openingBalanceCredits]);
  for await (const page of entriesWithin(deps, address, bounds)) yield transactionLines(page);
  yield csvLine([to, null, 'closing_balance', null, closingBalanceCredits]);
}
