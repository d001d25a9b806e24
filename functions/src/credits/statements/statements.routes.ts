import * as z from 'zod';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import { exportStatement, makeStatement } from './makeStatement.ts';
import type { StatementsNeeds } from './needs.ts';
import { statementPage } from './statementPage.ts';
import { statementQuery, statementSchema } from './statements.schemas.ts';

const tag = 'Ledger';
const access = { to: 'account' } as const;
const errors = ['WALLET_NOT_FOUND'] as const;

export const statementRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/statement',
    tag,
    summary: 'Get the statement of a month',
    access,
    query: statementQuery,
    response: dataOf(statementSchema),
    errors,
    handle: async (deps: StatementsNeeds, { caller, query }) => {
      const statement = await makeStatement(deps, caller, query);
      return data({ ...statement, movements: [...statement.movements], operations: [...statement.operations] });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/statement.csv',
    tag,
    summary: 'Export a statement as CSV',
    description: 'Contains each transaction between the opening and the closing balance.',
    access,
    query: statementQuery,
    produces: 'text/csv',
    response: z.string(),
    errors,
    handle: async (deps: StatementsNeeds, { caller, query }) => exportStatement(deps, caller, query),
  }),
  defineRoute({
    method: 'get',
    path: '/billing/statement.html',
    tag,
    summary: 'Get a statement as an HTML page',
    description: 'A page to read, print or save as PDF.',
    access,
    query: statementQuery,
    produces: 'text/html',
    response: z.string(),
    errors,
    handle: async (deps: StatementsNeeds, { caller, query }) => ({
      text: statementPage(await makeStatement(deps, caller, query)),
    }),
  }),
];
