import { data, list } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { accountIdParams, dataOf, listOf } from '../../platform/http/schemas.ts';
import { operatorRequest } from '../auditLog/auditLog.ts';
import {
  accountSchema,
  accountsQuery,
  accountWithWalletsSchema,
  freezeSchema,
  renderAccount,
  renderAccountWithWallets,
} from './adminAccounts.schemas.ts';
import { findAccounts, findAccountWithWallets } from './findAccounts.ts';
import type { FindAccountsNeeds } from './needs.ts';
import { setFrozen } from './setFrozen.ts';

const tag = 'Admin';
const access = { to: 'admin' } as const;

export const adminAccountRoutes = [
  defineRoute({
    method: 'get',
    path: '/admin/accounts',
    tag,
    summary: 'Find accounts by id, email, API key or customer; or all, the latest first',
    access,
    query: accountsQuery,
    response: listOf(accountSchema),
    handle: async (deps: FindAccountsNeeds, { query }) => {
      const page = await findAccounts(deps, query);
      return list({ ...page, items: page.items.map(renderAccount) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/accounts/:id',
    tag,
    summary: 'An account and its wallets',
    access,
    params: accountIdParams,
    response: dataOf(accountWithWalletsSchema),
    errors: ['ACCOUNT_NOT_FOUND'],
    handle: async (deps: FindAccountsNeeds, { params }) =>
      data(renderAccountWithWallets(await findAccountWithWallets(deps, params.id))),
  }),
  freezing('freeze', 'Stop an account: it can be read, but nothing can be spent or bought', true),
  freezing('unfreeze', 'Let an account go on that an operator has frozen', false),
];

function freezing(verb: 'freeze' | 'unfreeze', summary: string, isFrozen: boolean) {
  return defineRoute({
    method: 'post',
    path: `/admin/accounts/:id/${verb}`,
    tag,
    summary,
    description: 'Every instance heeds it within five seconds.',
    access,
    params: accountIdParams,
    body: freezeSchema,
    response: dataOf(accountSchema),
    errors: ['ACCOUNT_NOT_FOUND', 'ACCOUNT_DELETED', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: FindAccountsNeeds, request) => {
      const { params, body } = request;
      const operator = operatorRequest(request, `account.${verb}`);
      const { account, replayed } = await setFrozen(deps, operator, params.id, isFrozen, body.reason ?? null);
      return data(renderAccount(account), replayed);
    },
  });
}
