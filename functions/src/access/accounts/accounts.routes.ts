import { notFound } from '../../platform/errors/refusal.ts';
import { parseCursor } from '../../platform/http/cursors.ts';
import { data, encodeCursor } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, listOf } from '../../platform/http/schemas.ts';
import {
  accountSchema,
  deleteAccountSchema,
  deletedAccountSchema,
  exportedSchema,
  exportQuery,
  renderAccount,
} from './accounts.schemas.ts';
import { deleteAccount } from './deleteAccount.ts';
import { exportAccount, exportPosition } from './exportAccount.ts';
import type { AccountsNeeds } from './needs.ts';

const tag = 'Account';
const access = { to: 'account' } as const;
const EXPORT_PAGE_SIZE = 100;

export const accountRoutes = [
  defineRoute({
    method: 'get',
    path: '/account',
    tag,
    summary: 'Get the account',
    access,
    response: dataOf(accountSchema),
    errors: ['ACCOUNT_NOT_FOUND'],
    handle: async (deps: AccountsNeeds, { caller }) => {
      const account = await deps.accounts.find(caller.accountId);
      if (!account) throw notFound('ACCOUNT_NOT_FOUND');
      return data(renderAccount(account));
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/export',
    tag,
    summary: 'Export all data of the account',
    description:
      'Returns the sections one after the other, in pages. A page before the last may be empty. ' +
      'API keys come without their secrets.',
    access,
    query: exportQuery,
    response: listOf(exportedSchema),
    errors: ['PAYMENT_PROVIDER_REFUSED', 'PAYMENT_PROVIDER_UNAVAILABLE'],
    handle: async (deps: AccountsNeeds, { caller, query }) => {
      const position = parseCursor(query.cursor, exportPosition);
      const { items, next } = await exportAccount(deps, caller.accountId, query.limit ?? EXPORT_PAGE_SIZE, position);
      return {
        body: { success: true as const, data: items, nextCursor: next && encodeCursor(JSON.stringify(next)) },
      };
    },
  }),
  defineRoute({
    method: 'delete',
    path: '/account',
    tag,
    summary: 'Delete the account permanently',
    description:
      "Requires the owner's ID token. Revokes the keys, forfeits the credits and erases personal data; the record of " +
      'purchases and spending stays, without personal data.',
    access,
    body: deleteAccountSchema,
    response: dataOf(deletedAccountSchema),
    errors: [
      'ACCOUNT_MISMATCH',
      'ACCOUNT_IN_USE',
      'CREDITS_LEFT',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    handle: async (deps: AccountsNeeds, { caller, body }) =>
      data({ id: caller.accountId, deletedAt: await deleteAccount(deps, caller, body) }),
  }),
];
