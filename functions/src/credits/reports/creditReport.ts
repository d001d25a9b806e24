import { type Figures, LOT_SOURCES, NO_FIGURES, netCredits, outstandingCredits, plus } from './figures.ts';
import type { Month } from './monthlyChanges.ts';

/** The changes in a month, and the outstanding credits at its beginning and end. */
export interface MonthReport {
  readonly month: Month;
  readonly changes: Figures;
  /** Sums from the first month to the end of this month. */
  readonly cumulative: Figures;
  readonly openingCredits: number;
  readonly closingCredits: number;
  /**
   * Credits in, minus credits out, minus the growth of outstanding credits; any value but 0 is an error in the books.
   */
  readonly differenceCredits: number;
}

/** Turns the changes of months into consecutive reports, in order. */
export function monthReports(months: readonly { readonly month: Month; readonly changes: Figures }[]): MonthReport[] {
  let before = NO_FIGURES;
  return [...months]
    .sort((a, b) => (a.month < b.month ? -1 : 1))
    .map(({ month, changes }) => {
      const cumulative = plus(before, changes);
      const [openingCredits, closingCredits] = [outstandingCredits(before), outstandingCredits(cumulative)];
      const differenceCredits = netCredits(changes) - (closingCredits - openingCredits);
      before = cumulative;
      return { month, changes, cumulative, openingCredits, closingCredits, differenceCredits };
    });
}

/** Returns the remaining credits of each source. */
export function bySource(figures: Figures): { source: (typeof LOT_SOURCES)[number]; credits: number }[] {
  return LOT_SOURCES.map((source) => ({ source, credits: figures[source] }));
}
