import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import { autoTopUpSchema, changeAutoTopUpSchema } from './autoTopUps.schemas.ts';
import { changeAutoTopUp } from './changeAutoTopUp.ts';
import type { AutoTopUpsNeeds } from './needs.ts';
import { renderAutoTopUp } from './renderAutoTopUp.ts';

const tag = 'Orders';
const access = { to: 'account' } as const;
const response = dataOf(autoTopUpSchema);

export const autoTopUpRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/auto-topup',
    tag,
    summary: 'Get automatic top-up',
    access,
    response,
    handle: async (deps: AutoTopUpsNeeds, { caller }) => {
      const autoTopUp = await deps.autoTopUps.find(caller.accountId);
      return data(renderAutoTopUp(autoTopUp, await deps.catalog.current(), deps.clock()));
    },
  }),
  defineRoute({
    method: 'put',
    path: '/billing/auto-topup',
    tag,
    summary: 'Configure automatic top-up',
    description:
      'Charges the default card when fewer credits than the threshold are available, up to the monthly cap. The ' +
      'first check runs at once. A declined payment pauses automatic top-up until it is switched on again.',
    access,
    body: changeAutoTopUpSchema,
    response,
    errors: [
      'UNKNOWN_PACK',
      'UNKNOWN_CURRENCY',
      'AMOUNT_TOO_SMALL',
      'PAYMENT_METHOD_REQUIRED',
      'PAYMENT_PROVIDER_REFUSED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    handle: async (deps: AutoTopUpsNeeds, { caller, body }) => {
      const autoTopUp = await changeAutoTopUp(deps, caller.accountId, body);
      return data(renderAutoTopUp(autoTopUp, await deps.catalog.current(), deps.clock()));
    },
  }),
];
