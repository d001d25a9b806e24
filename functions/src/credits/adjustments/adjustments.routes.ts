import { operatorRequest } from '../../access/auditLog/auditLog.ts';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import { accountTransactionSchema, renderAccountTransaction } from '../transactions/transactions.schemas.ts';
import { adjustCredits } from './adjustCredits.ts';
import { adjustCreditsSchema } from './adjustments.schemas.ts';
import type { AdjustmentsNeeds } from './needs.ts';

export const adjustmentRoutes = [
  defineRoute({
    method: 'post',
    path: '/admin/credits/manual',
    tag: 'Admin',
    summary: 'Adjust the credits of an account',
    access: { to: 'admin' },
    body: adjustCreditsSchema,
    response: dataOf(accountTransactionSchema),
    status: 201,
    errors: [
      'INSUFFICIENT_CREDITS',
      'ACCOUNT_NOT_FOUND',
      'WALLET_NOT_FOUND',
      'ACCOUNT_DELETED',
      'WALLET_CLOSED',
      'WALLET_FULL',
      'IDEMPOTENCY_KEY_REUSED',
    ],
    handle: async (deps: AdjustmentsNeeds, request) => {
      const { entry, replayed } = await adjustCredits(deps, operatorRequest(request, 'credits.adjust'), request.body);
      return data(renderAccountTransaction(entry), replayed);
    },
  }),
];
