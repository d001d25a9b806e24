import { assertSafeInteger, type IsoDay, type IsoMonth, type IsoTime } from '@cloud-bridge/base';
import { type Counters, ENTRY_KINDS, type Entry, type EntryKind } from '@cloud-bridge/ledger';
import { inOrder, type Usage, usageBy } from '../usage/usage.ts';

/** Totals of all entries of one kind. */
interface Movement {
  readonly kind: EntryKind;
  readonly entries: number;
  readonly amountCredits: number;
}

/** A wallet's month: opening balance, movements and closing balance. Balances are available credits. */
export interface Statement {
  readonly walletId: string;
  readonly month: IsoMonth;
  readonly from: IsoDay;
  readonly to: IsoDay;
  /** False until the month is over. */
  readonly isFinal: boolean;
  readonly openingBalanceCredits: number;
  readonly movements: readonly Movement[];
  readonly closingBalanceCredits: number;
  /** Credits that were spent and that expired. Credits in open holds are in `heldChangeCredits` until they end. */
  readonly spentCredits: number;
  readonly expiredCredits: number;
  readonly heldChangeCredits: number;
  readonly operations: readonly (Usage & { readonly operation: string })[];
}

/** The ledger entries before a statement and at its end; null if there is none. */
export interface Bounds {
  readonly opening: Entry | null;
  readonly closing: Entry | null;
}

type StatementHead = Pick<Statement, 'walletId' | 'month' | 'from' | 'to' | 'isFinal'>;

/** True once the month has ended. */
export function isOver(nextMonthAt: IsoTime, now: IsoTime): boolean {
  return now >= nextMonthAt;
}

/** True if counters contain every entry between the bounds, and lead from the opening to the closing balance. */
export function leadsThrough({ opening, closing }: Bounds, counters: Counters): boolean {
  const movements = movementsIn(counters);
  const entries = (closing?.sequence ?? 0) - (opening?.sequence ?? 0);
  return (
    sum(movements.map((movement) => movement.entries)) === entries &&
    balanceAfter(opening) + sum(movements.map(({ amountCredits }) => amountCredits)) === balanceAfter(closing)
  );
}

/** Builds a statement from counters. */
export function statementOf(head: StatementHead, { opening, closing }: Bounds, counters: Counters): Statement {
  const total = (figure: string) => sum(ENTRY_KINDS.map((kind) => counters.get(`kinds/${kind}/${figure}`) ?? 0));
  return {
    ...head,
    openingBalanceCredits: balanceAfter(opening),
    movements: movementsIn(counters),
    closingBalanceCredits: balanceAfter(closing),
    spentCredits: total('consumedCredits'),
    expiredCredits: total('expiredCredits'),
    heldChangeCredits: total('heldDeltaCredits'),
    operations: inOrder(usageBy(counters, 'operations')).map(([operation, usage]) => ({ operation, ...usage })),
  };
}

function movementsIn(counters: Counters): Movement[] {
  const figure = (kind: EntryKind, name: string) => counters.get(`kinds/${kind}/${name}`) ?? 0;
  return ENTRY_KINDS.map((kind) => ({
    kind,
    entries: figure(kind, 'entries'),
    amountCredits: figure(kind, 'amountCredits'),
  })).filter(({ entries }) => entries !== 0);
}

function balanceAfter(entry: Entry | null): number {
  return entry?.balanceAfterCredits ?? 0;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => assertSafeInteger(total + figure, 'sum'), 0);
}
