import * as z from 'zod';
import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { data, list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { DEFAULT_PAGE_SIZE, dataOf, idParams, listOf, pageQuery } from '../../platform/http/schemas.ts';
import { renderKeys } from '../apiKeys/renderKeys.ts';
import { createIntegration } from './createIntegration.ts';
import { deleteIntegration } from './deleteIntegration.ts';
import { findIntegration } from './findIntegration.ts';
import {
  createIntegrationSchema,
  integrationSchema,
  integrationWithKeysSchema,
  renderIntegration,
  renderWithKeys,
  updateIntegrationSchema,
} from './integrations.schemas.ts';
import { keysOfIntegration } from './keysOfIntegration.ts';
import type { IntegrationsNeeds } from './needs.ts';
import { updateIntegration } from './updateIntegration.ts';

const tag = 'Integrations';
const access = { to: 'account' } as const;
const errors = ['INTEGRATION_NOT_FOUND'] as const;

export const integrationRoutes = [
  defineRoute({
    method: 'post',
    path: '/account/integrations',
    tag,
    summary: 'Create a store integration',
    description: 'The number is not limited. Create keys for the integration with its id as their `integrationId`.',
    access,
    body: createIntegrationSchema,
    response: dataOf(integrationSchema),
    status: 201,
    errors: ['IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: IntegrationsNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const idempotency = { key: idempotencyKey, requestHash };
      const { integration, replayed } = await createIntegration(deps, caller, body, idempotency);
      return data(renderIntegration(integration), replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/integrations',
    tag,
    summary: 'List store integrations, newest first',
    access,
    query: z.strictObject(pageQuery),
    response: listOf(integrationSchema),
    handle: async (deps: IntegrationsNeeds, { caller, query }) => {
      const limit = query.limit ?? DEFAULT_PAGE_SIZE;
      const after = parseCursor(query.cursor, timePosition);
      const page = toPage(await deps.integrations.list(caller.accountId, limit + 1, after), limit, timePositionOf);
      return list({ ...page, items: page.items.map(renderIntegration) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/integrations/:id',
    tag,
    summary: 'Get a store integration with its keys and statistics',
    access,
    params: idParams,
    response: dataOf(integrationWithKeysSchema),
    errors,
    handle: async (deps: IntegrationsNeeds, { caller, params }) => {
      const integration = await findIntegration(deps, caller.accountId, params.id);
      const keys = await keysOfIntegration(deps, caller.accountId, integration.id);
      return data(renderWithKeys(integration, await renderKeys(deps, keys, deps.clock())));
    },
  }),
  defineRoute({
    method: 'patch',
    path: '/account/integrations/:id',
    tag,
    summary: 'Change the name or platform of a store integration',
    access,
    params: idParams,
    body: updateIntegrationSchema,
    response: dataOf(integrationSchema),
    errors,
    handle: async (deps: IntegrationsNeeds, { caller, params, body }) =>
      data(renderIntegration(await updateIntegration(deps, caller, params.id, body))),
  }),
  defineRoute({
    method: 'delete',
    path: '/account/integrations/:id',
    tag,
    summary: 'Delete a store integration and revoke its keys',
    description: 'Deliveries of the integration stay. Every instance refuses the keys within ten seconds.',
    access,
    params: idParams,
    response: dataOf(integrationSchema),
    errors,
    handle: async (deps: IntegrationsNeeds, { caller, params }) =>
      data(renderIntegration(await deleteIntegration(deps, caller, params.id))),
  }),
];
