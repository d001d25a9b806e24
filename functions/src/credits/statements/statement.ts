import { assertSafeInteger, type IsoDay, type IsoMonth, type IsoTime } from '@cloud-bridge/base';
import { type Counters, ENTRY_KINDS, type Entry, type EntryKind } from '@cloud-bridge/ledger';
import { inOrder, type Usage, usageBy } from '../usage/usage.ts';

/** What all entries of one kind come to. */
interface Movement {
  readonly kind: EntryKind;
  readonly entries: number;
  readonly amountCredits: number;
}

/** A wallet's month: what there was, what moved, what is left. Balances are available credits. */
export interface Statement {
  readonly walletId: string;
  readonly month: IsoMonth;
  readonly from: IsoDay;
  readonly to: IsoDay;
  /** False while the month is not over. */
  readonly isFinal: boolean;
  readonly openingBalanceCredits: number;
  readonly movements: readonly Movement[];
  readonly closingBalanceCredits: number;
  /**
   * What of it was spent for good and what lapsed; holds that are open have taken the rest, and give it back or spend
   * it.
   */
  readonly spentCredits: number;
  readonly expiredCredits: number;
  readonly heldChangeCredits: number;
  readonly operations: readonly (Usage & { readonly operation: string })[];
}

/** Where a statement begins and ends in the ledger: the entries before it and at its end; null: there is none. */
export interface Bounds {
  readonly opening: Entry | null;
  readonly closing: Entry | null;
}

type StatementHead = Pick<Statement, 'walletId' | 'month' | 'from' | 'to' | 'isFinal'>;

/** True for a month that has wholly passed. */
export function isOver(nextMonthAt: IsoTime, now: IsoTime): boolean {
  return now >= nextMonthAt;
}

/** True when counters have each entry between the bounds, and lead from the first balance to the last. */
export function leadsThrough({ opening, closing }: Bounds, counters: Counters): boolean {
  const movements = movementsIn(counters);
  const entries = (closing?.sequence ?? 0) - (opening?.sequence ?? 0);
  return (
    sum(movements.map((movement) => movement.entries)) === entries &&
    balanceAfter(opening) + sum(movements.map(({ amountCredits }) => amountCredits)) === balanceAfter(closing)
  );
}

/** The statement that counters come to. */
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
