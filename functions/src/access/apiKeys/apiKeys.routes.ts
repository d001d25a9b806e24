import * as z from 'zod';
import { notFound } from '../../platform/errors/refusal.ts';
import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { data, list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { DEFAULT_PAGE_SIZE, dataOf, idParams, listOf, pageQuery } from '../../platform/http/schemas.ts';
import { createdKeySchema, createKeySchema, keySchema, rotateKeySchema, updateKeySchema } from './apiKeys.schemas.ts';
import { createApiKey } from './createApiKey.ts';
import type { ApiKeysNeeds } from './needs.ts';
import { renderKeys, renderOneKey } from './renderKeys.ts';
import { revokeApiKey } from './revokeApiKey.ts';
import { rotateApiKey } from './rotateApiKey.ts';
import { updateApiKey } from './updateApiKey.ts';

const tag = 'API keys';
const access = { to: 'account' } as const;

export const apiKeyRoutes = [
  defineRoute({
    method: 'post',
    path: '/account/keys',
    tag,
    summary: 'Create an API key',
    description: 'The response has the secret, which is not stored and cannot be read again.',
    access,
    body: createKeySchema,
    response: dataOf(createdKeySchema),
    status: 201,
    errors: [
      'SUBSCRIPTION_NOT_FOUND',
      'INTEGRATION_NOT_FOUND',
      'SUBSCRIPTION_NOT_ACTIVE',
      'TOO_MANY_CAPPED_KEYS',
      'IDEMPOTENCY_KEY_REUSED',
    ],
    handle: async (deps: ApiKeysNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const { key, secret } = await createApiKey(deps, caller, body, { key: idempotencyKey, requestHash });
      return data({ ...(await renderOneKey(deps, key)), apiKey: secret }, secret === null);
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
    handle: async (deps: ApiKeysNeeds, { caller, query }) => {
      const limit = query.limit ?? DEFAULT_PAGE_SIZE;
      const after = parseCursor(query.cursor, timePosition);
      const page = toPage(await deps.apiKeys.list(caller.accountId, limit + 1, after), limit, timePositionOf);
      return list({ ...page, items: await renderKeys(deps, page.items, deps.clock()) });
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
    errors: ['API_KEY_NOT_FOUND'],
    handle: async (deps: ApiKeysNeeds, { caller, params }) => {
      const key = await deps.apiKeys.find(caller.accountId, params.id);
      if (!key) throw notFound('API_KEY_NOT_FOUND');
      return data(await renderOneKey(deps, key));
    },
  }),
  defineRoute({
    method: 'patch',
    path: '/account/keys/:id',
    tag,
    summary: "Change an API key's name, scopes, expiry or rules",
    description: 'Rules that are left out stay; null removes a rule. Every instance applies them within ten seconds.',
    access,
    params: idParams,
    body: updateKeySchema,
    response: dataOf(keySchema),
    errors: ['API_KEY_NOT_FOUND', 'API_KEY_REVOKED', 'TOO_MANY_CAPPED_KEYS'],
    handle: async (deps: ApiKeysNeeds, { caller, params, body }) =>
      data(await renderOneKey(deps, await updateApiKey(deps, caller, params.id, body))),
  }),
  defineRoute({
    method: 'post',
    path: '/account/keys/:id/rotate',
    tag,
    summary: 'Rotate the secret of an API key',
    description:
      'The response has the new secret, which cannot be read again. The old secret works for another `overlapSeconds`.',
    access,
    params: idParams,
    body: rotateKeySchema,
    response: dataOf(createdKeySchema),
    errors: ['API_KEY_NOT_FOUND', 'API_KEY_REVOKED', 'API_KEY_EXPIRED', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: ApiKeysNeeds, { caller, params, body, idempotencyKey, requestHash }) => {
      const idempotency = { key: idempotencyKey, requestHash };
      const { key, secret } = await rotateApiKey(deps, caller, params.id, body, idempotency);
      return data({ ...(await renderOneKey(deps, key)), apiKey: secret }, secret === null);
    },
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
    errors: ['API_KEY_NOT_FOUND'],
    allowedWhileFrozen: true,
    handle: async (deps: ApiKeysNeeds, { caller, params }) =>
      data(await renderOneKey(deps, await revokeApiKey(deps, caller, params.id))),
  }),
];
