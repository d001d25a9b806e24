import * as z from 'zod';
import { parseCursor, timePosition, timePositionOf } from '../http/cursors.ts';
import { data, list, toPage } from '../http/replies.ts';
import { defineRoute } from '../http/route.ts';
import { DEFAULT_PAGE_SIZE, dataOf, idParams, listOf, pageQuery } from '../http/schemas.ts';
import { notFound } from '../shared/appError.ts';
import { createdKeySchema, createKeySchema, keySchema, renderKey, updateKeySchema } from './apiKeys.schemas.ts';
import { revokeApiKey, updateApiKey } from './changeApiKey.ts';
import { createApiKey } from './createApiKey.ts';

const tag = 'API keys';
const access = { to: 'account' } as const;

export const apiKeyRoutes = [
  defineRoute({
    method: 'post',
    path: '/account/keys',
    tag,
    summary: 'Create an API key',
    description: 'The secret is in the answer and nowhere else: keep it.',
    access,
    body: createKeySchema,
    response: dataOf(createdKeySchema),
    status: 201,
    errors: {
      404: ['SUBSCRIPTION_NOT_FOUND', 'INTEGRATION_NOT_FOUND'],
      409: ['SUBSCRIPTION_NOT_ACTIVE'],
      422: ['IDEMPOTENCY_KEY_REUSED'],
    },
    handle: async (deps, { caller, body, idempotencyKey, requestHash }) => {
      const { key, secret } = await createApiKey(deps, caller, body, { key: idempotencyKey, requestHash });
      return data({ ...renderKey(key, deps.clock()), apiKey: secret }, secret === null);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/keys',
    tag,
    summary: 'List API keys, newest first',
    access,
    query: z.strictObject(pageQuery),
    response: listOf(keySchema),
    handle: async (deps, { caller, query }) => {
      const limit = query.limit ?? DEFAULT_PAGE_SIZE;
      const after = parseCursor(query.cursor, timePosition);
      const page = toPage(await deps.apiKeys.list(caller.accountId, limit + 1, after), limit, timePositionOf);
      const now = deps.clock();
      return list({ ...page, items: page.items.map((key) => renderKey(key, now)) });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/keys/:id',
    tag,
    summary: 'Get an API key',
    access,
    params: idParams,
    response: dataOf(keySchema),
    errors: { 404: ['API_KEY_NOT_FOUND'] },
    handle: async (deps, { caller, params }) => {
      const key = await deps.apiKeys.find(caller.accountId, params.id);
      if (!key) throw notFound('api key');
      return data(renderKey(key, deps.clock()));
    },
  }),
  defineRoute({
    method: 'patch',
    path: '/account/keys/:id',
    tag,
    summary: "Change an API key's name, scopes or expiry",
    access,
    params: idParams,
    body: updateKeySchema,
    response: dataOf(keySchema),
    errors: { 404: ['API_KEY_NOT_FOUND'], 409: ['API_KEY_REVOKED'] },
    handle: async (deps, { caller, params, body }) =>
      data(renderKey(await updateApiKey(deps, caller, params.id, body), deps.clock())),
  }),
  defineRoute({
    method: 'delete',
    path: '/account/keys/:id',
    tag,
    summary: 'Revoke an API key',
    description: 'Every instance refuses the key within ten seconds.',
    access,
    params: idParams,
    response: dataOf(keySchema),
    errors: { 404: ['API_KEY_NOT_FOUND'] },
    allowedWhileFrozen: true,
    handle: async (deps, { caller, params }) =>
      data(renderKey(await revokeApiKey(deps, caller, params.id), deps.clock())),
  }),
];
