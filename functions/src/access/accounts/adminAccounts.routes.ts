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
    summary: 'Find accounts by id, email, API key or customer',
    description: 'Without a filter, lists all accounts, newest first.',
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
    summary: 'Get an account with its wallets',
    access,
    params: accountIdParams,
    response: dataOf(accountWithWalletsSchema),
    errors: ['ACCOUNT_NOT_FOUND'],
    handle: async (deps: FindAccountsNeeds, { params }) =>
      data(renderAccountWithWallets(await findAccountWithWallets(deps, params.id))),
  }),
  freezing('freeze', 'Freeze an account', true),
  freezing('unfreeze', 'Lift the freeze by an operator', false),
];

function freezing(verb: 'freeze' | 'unfreeze', summary: string, isFrozen: boolean) {
  return defineRoute({
    method: 'post',
    path: `/admin/accounts/:id/${verb}`,
    tag,
    summary,
    description:
      'A frozen account can be read, but cannot spend or buy. Every instance applies the change within five seconds.',
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
