import { operatorRequest } from '../../access/auditLog/auditLog.ts';
import { changeCatalog } from '../../catalog/changeCatalog.ts';
import { splitChange } from '../../catalog/changeProducts.ts';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import {
  changeCheckinConfigSchema,
  checkInSchema,
  checkInStateSchema,
  checkinConfigSchema,
  renderCheckIn,
  renderState,
} from './checkin.schemas.ts';
import type { CheckinNeeds } from './needs.ts';
import { postCheckIn } from './postCheckIn.ts';

const tag = 'Check-in';
const access = { to: 'account' } as const;

export const checkinRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/checkin',
    tag,
    summary: 'Get the streak and the next reward',
    access,
    response: dataOf(checkInStateSchema),
    handle: async (deps: CheckinNeeds, { caller }) => {
      const [latest, { checkin }] = await Promise.all([deps.checkIns.find(caller.accountId), deps.catalog.current()]);
      return data(renderState(latest, checkin, deps.clock()));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/checkin',
    tag,
    summary: 'Check in for free credits, once per UTC day',
    access,
    response: dataOf(checkInSchema),
    status: 201,
    errors: ['CHECKIN_NEEDS_PURCHASE', 'CHECKIN_NEEDS_VERIFIED_EMAIL', 'ALREADY_CHECKED_IN', 'WALLET_FULL'],
    handle: async (deps: CheckinNeeds, { caller, idempotencyKey }) => {
      const { checkIn, replayed } = await postCheckIn(deps, caller, { key: idempotencyKey });
      return data(renderCheckIn(checkIn), replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/admin/checkin/config',
    tag: 'Admin',
    summary: 'Get the check-in rewards and rules',
    access: { to: 'admin' },
    response: dataOf(checkinConfigSchema),
    handle: async (deps: CheckinNeeds) => data((await deps.catalogVersions.current()).checkin),
  }),
  defineRoute({
    method: 'put',
    path: '/admin/checkin/config',
    tag: 'Admin',
    summary: 'Change the check-in rewards and rules',
    description:
      'Creates a new version of the catalog, which all instances use within ten seconds. Fields that are left out ' +
      'stay unchanged.',
    access: { to: 'admin' },
    body: changeCheckinConfigSchema,
    response: dataOf(checkinConfigSchema),
    errors: ['IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: CheckinNeeds, request) => {
      const { about, fields } = splitChange(request.body);
      const operator = operatorRequest(request, 'catalog.change');
      const made = await changeCatalog(deps, operator, about, (current) => ({
        ...current,
        checkin: { ...current.checkin, ...fields },
      }));
      return data(made.version.catalog.checkin, made.replayed);
    },
  }),
];
