import * as z from 'zod';
import { pageQuery, timeOut } from '../../platform/http/schemas.ts';
import { bySource, type MonthReport } from './creditReport.ts';
import { LOT_SOURCES } from './figures.ts';

export const monthsQuery = z.strictObject(pageQuery);
/** A position in the list of months. */
export const monthPosition = z.strictObject({ month: z.string().regex(/^\d{4}-\d{2}$/) });

const outstandingFields = {
  bySource: z
    .array(z.object({ source: z.enum(LOT_SOURCES), credits: z.int() }))
    .meta({ description: 'Remaining credits of each source, without held credits.' }),
  heldCredits: z.int(),
  debtCredits: z.int().meta({ description: 'Debt that refunds and disputes left.' }),
};

export const monthReportSchema = z
  .object({
    month: z.string().meta({ example: '2026-03', description: 'A calendar month in UTC.' }),
    openingCredits: z
      .int()
      .meta({ description: 'Outstanding credits at the beginning: available and held, minus debt.' }),
    soldCredits: z.int(),
    grantedCredits: z.int(),
    reinstatedCredits: z.int(),
    adjustedCredits: z.int(),
    consumedCredits: z.int(),
    expiredCredits: z.int(),
    revokedCredits: z.int(),
    closingCredits: z.int(),
    ...outstandingFields,
    differenceCredits: z.int().meta({ description: '0 if opening credits plus changes equal closing credits.' }),
  })
  .meta({ id: 'MonthReport' });

export const outstandingSchema = z
  .object({
    completeUntil: timeOut.nullable().meta({ description: 'The report contains all transactions before this time.' }),
    outstandingCredits: z.int(),
    ...outstandingFields,
    differenceCredits: z.int(),
  })
  .meta({ id: 'OutstandingCredits' });

export function renderMonthReport(report: MonthReport): z.input<typeof monthReportSchema> {
  const { month, changes, cumulative, openingCredits, closingCredits, differenceCredits } = report;
  const { purchasedCredits: soldCredits, grantedCredits, reinstatedCredits, adjustedCredits } = changes;
  const { consumedCredits, expiredCredits, revokedCredits } = changes;
  const came = { soldCredits, grantedCredits, reinstatedCredits, adjustedCredits };
  const went = { consumedCredits, expiredCredits, revokedCredits };
  const { heldCredits, debtCredits } = cumulative;
  const outstanding = { bySource: bySource(cumulative), heldCredits, debtCredits };
  return { month, openingCredits, ...came, ...went, closingCredits, ...outstanding, differenceCredits };
}
