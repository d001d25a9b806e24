import type * as z from 'zod';
import { parseCursor } from '../../platform/http/cursors.ts';
import { type Page, toPage } from '../../platform/http/replies.ts';
import { DEFAULT_PAGE_SIZE } from '../../platform/http/schemas.ts';
import { bySource, type MonthReport, monthReports } from './creditReport.ts';
import { NO_FIGURES, netCredits, outstandingCredits } from './figures.ts';
import type { ReportsNeeds } from './needs.ts';
import { monthPosition, type outstandingSchema } from './reports.schemas.ts';

/**
 * Reports by month, the latest first. A decade has 120, so all are read for the sums that they go on from.
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

/** The credits that customers have, as far as the report has come. */
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
