import * as z from 'zod';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import type { UsageNeeds } from './needs.ts';
import { exportUsage, reportUsage } from './reportUsage.ts';
import { usageQuery, usageSchema } from './usage.schemas.ts';

const tag = 'Usage';
const access = { to: 'account' } as const;
const errors = ['WALLET_NOT_FOUND'] as const;

export const usageRoutes = [
  defineRoute({
    method: 'get',
    path: '/account/usage',
    tag,
    summary: 'Report credits and calls',
    description:
      'Groups by day, operation, key, integration or outcome. Days are in UTC. A charge counts on the day on which ' +
      'it was made, a hold on the day on which it ended.',
    access,
    query: usageQuery,
    response: dataOf(usageSchema),
    errors,
    handle: async (deps: UsageNeeds, { caller, query }) => data(await reportUsage(deps, caller, query)),
  }),
  defineRoute({
    method: 'get',
    path: '/account/usage.csv',
    tag,
    summary: 'Export usage as CSV',
    access,
    query: usageQuery,
    produces: 'text/csv',
    response: z.string(),
    errors,
    handle: async (deps: UsageNeeds, { caller, query }) => exportUsage(deps, caller, query),
  }),
];
