import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import { alertRuleSchema, alertsSchema, renderRule } from './alerts.schemas.ts';
import { changeAlerts } from './changeAlerts.ts';
import type { AlertsNeeds } from './needs.ts';

const tag = 'Webhooks';
const access = { to: 'account' } as const;
const response = dataOf(alertsSchema);

export const alertRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/alerts',
    tag,
    summary: 'Get alert settings',
    access,
    response,
    handle: async (deps: AlertsNeeds, { caller }) => data(renderRule(await deps.alerts.find(caller.accountId))),
  }),
  defineRoute({
    method: 'put',
    path: '/billing/alerts',
    tag,
    summary: 'Configure balance alerts',
    description: 'Alerts go to webhooks and, if `email` is true, by mail. An omitted field is reset to its default.',
    access,
    body: alertRuleSchema,
    response,
    handle: async (deps: AlertsNeeds, { caller, body }) =>
      data(renderRule(await changeAlerts(deps, caller.accountId, body))),
  }),
];
