import type * as z from 'zod';
import { parseCursor } from '../../platform/http/cursors.ts';
import { type Page, toPage } from '../../platform/http/replies.ts';
import { DEFAULT_PAGE_SIZE } from '../../platform/http/schemas.ts';
import { bySource, type MonthReport, monthReports } from './creditReport.ts';
import { NO_FIGURES, netCredits, outstandingCredits } from './figures.ts';
import type { ReportsNeeds } from './needs.ts';
import { monthPosition, type outstandingSchema } from './reports.schemas.ts';

/**
 * Returns a page of monthly reports, newest first. All months are read, because each report continues the sums of
 * earlier months; a decade has only 120.
 * @throws INVALID_REQUEST
 */
export async function pageOfMonths(
  deps: ReportsNeeds,
  { limit = DEFAULT_PAGE_SIZE, cursor }: { limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<MonthReport>> {
  const before = parseCursor(cursor, monthPosition)?.month;
  const latestFirst = monthReports(await deps.reports.listMonths()).reverse();
  const rest = latestFirst.filter(({ month }) => before === undefined || month < before);
  return toPage(rest.slice(0, limit + 1), limit, ({ month }) => JSON.stringify({ month }));
}

/** Returns the outstanding credits, up to the report's progress. */
export async function readOutstanding(deps: ReportsNeeds): Promise<z.input<typeof outstandingSchema>> {
  const [progress, months] = await Promise.all([deps.reports.readProgress(), deps.reports.listMonths()]);
  const figures = monthReports(months).at(-1)?.cumulative ?? NO_FIGURES;
  const outstanding = outstandingCredits(figures);
  return {
    completeUntil: progress.completeUntil,
    outstandingCredits: outstanding,
    bySource: bySource(figures),
    heldCredits: figures.heldCredits,
    debtCredits: figures.debtCredits,
    differenceCredits: netCredits(figures) - outstanding,
  };
}
