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
    summary: 'Automatic top-up: its rule, what it has spent, and why it may have paused',
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
    summary: 'Switch automatic top-up on or off',
    description:
      'When fewer credits than the threshold are available, the default card is charged, at most to the cap of the ' +
      'month; at once if that is so now. One that is declined pauses it until it is switched on again.',
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
