import { type Figures, LOT_SOURCES, NO_FIGURES, netCredits, outstandingCredits, plus } from './figures.ts';
import type { Month } from './monthlyChanges.ts';

/** What a month brought, and what was outstanding at its end. */
export interface MonthReport {
  readonly month: Month;
  readonly changes: Figures;
  /** From the first month to the end of this one. */
  readonly cumulative: Figures;
  readonly openingCredits: number;
  readonly closingCredits: number;
  /** What came in less what went out, less what is outstanding more; anything but 0 is an error in the books. */
  readonly differenceCredits: number;
}

/** Months with what each brought, in their order, as reports that go on from each other. */
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

/** What is left of each source. */
export function bySource(figures: Figures): { source: (typeof LOT_SOURCES)[number]; credits: number }[] {
  return LOT_SOURCES.map((source) => ({ source, credits: figures[source] }));
}
