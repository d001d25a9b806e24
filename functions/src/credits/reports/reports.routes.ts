import { data, list } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, listOf } from '../../platform/http/schemas.ts';
import type { ReportsNeeds } from './needs.ts';
import { pageOfMonths, readOutstanding } from './readReports.ts';
import { monthReportSchema, monthsQuery, outstandingSchema, renderMonthReport } from './reports.schemas.ts';

const tag = 'Admin';
const access = { to: 'admin' } as const;
const description = 'Without test wallets. Updated every six hours; transactions count by their own time.';

export const reportRoutes = [
  defineRoute({
    method: 'get',
    path: '/admin/reports/credits',
    tag,
    summary: 'List monthly credit reports, newest first',
    description,
    access,
    query: monthsQuery,
    response: listOf(monthReportSchema),
    handle: async (deps: ReportsNeeds, { query }) => {
      const page = await pageOfMonths(deps, query);
      return list({ ...page, items: page.items.map(renderMonthReport) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/reports/outstanding',
    tag,
    summary: 'Get the outstanding credits by source',
    description,
    access,
    response: dataOf(outstandingSchema),
    handle: async (deps: ReportsNeeds) => data(await readOutstanding(deps)),
  }),
];
