import * as z from 'zod';
import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { data, list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { DEFAULT_PAGE_SIZE, dataOf, idParams, listOf, pageQuery } from '../../platform/http/schemas.ts';
import { createWebhook, deleteWebhook, findWebhook, rotateWebhookSecret, updateWebhook } from './changeWebhooks.ts';
import type { WebhooksNeeds } from './needs.ts';
import { resendEvent, sendTestEvent } from './resendEvent.ts';
import {
  createWebhookSchema,
  eventParams,
  renderEvent,
  renderWebhook,
  renderWithSecret,
  updateWebhookSchema,
  webhookEventSchema,
  webhookSchema,
  webhookWithSecretSchema,
} from './webhooks.schemas.ts';

const tag = 'Webhooks';
const access = { to: 'account' } as const;
const NOT_FOUND = ['WEBHOOK_NOT_FOUND'] as const;

export const webhookRoutes = [
  defineRoute({
    method: 'post',
    path: '/account/webhooks',
    tag,
    summary: 'Create a webhook',
    description:
      'Events are signed as standardwebhooks.com describes. A failed event is retried for three days. An event may ' +
      'arrive twice or late; deduplicate by `webhook-id`.',
    access,
    body: createWebhookSchema,
    response: dataOf(webhookWithSecretSchema),
    status: 201,
    errors: ['TOO_MANY_WEBHOOKS', 'IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: WebhooksNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const { endpoint, replayed } = await createWebhook(deps, caller.accountId, body, {
        key: idempotencyKey,
        requestHash,
      });
      return data(renderWithSecret(endpoint), replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/webhooks',
    tag,
    summary: 'List webhooks, newest first',
    access,
    response: listOf(webhookSchema),
    handle: async (deps: WebhooksNeeds, { caller }) => {
      const endpoints = await deps.webhookEndpoints.list(caller.accountId);
      return list({ items: endpoints.map(renderWebhook), nextCursor: null });
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/webhooks/:id',
    tag,
    summary: 'Get a webhook',
    access,
    params: idParams,
    response: dataOf(webhookSchema),
    errors: NOT_FOUND,
    handle: async (deps: WebhooksNeeds, { caller, params }) =>
      data(renderWebhook(await findWebhook(deps, caller.accountId, params.id))),
  }),
  defineRoute({
    method: 'patch',
    path: '/account/webhooks/:id',
    tag,
    summary: 'Change, enable or disable a webhook',
    access,
    params: idParams,
    body: updateWebhookSchema,
    response: dataOf(webhookSchema),
    errors: NOT_FOUND,
    handle: async (deps: WebhooksNeeds, { caller, params, body }) =>
      data(renderWebhook(await updateWebhook(deps, caller.accountId, params.id, body))),
  }),
  defineRoute({
    method: 'delete',
    path: '/account/webhooks/:id',
    tag,
    summary: 'Delete a webhook',
    access,
    params: idParams,
    response: dataOf(webhookSchema),
    errors: NOT_FOUND,
    handle: async (deps: WebhooksNeeds, { caller, params }) =>
      data(renderWebhook(await deleteWebhook(deps, caller.accountId, params.id))),
  }),
  defineRoute({
    method: 'post',
    path: '/account/webhooks/:id/rotate',
    tag,
    summary: "Rotate a webhook's secret",
    description: 'For one day, events are signed with both the new and the previous secret.',
    access,
    params: idParams,
    response: dataOf(webhookWithSecretSchema),
    errors: NOT_FOUND,
    handle: async (deps: WebhooksNeeds, { caller, params, idempotencyKey }) => {
      const { endpoint, replayed } = await rotateWebhookSecret(deps, caller.accountId, params.id, idempotencyKey);
      return data(renderWithSecret(endpoint), replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/account/webhooks/:id/test',
    tag,
    summary: 'Send a `ping` event to a webhook',
    description: 'At most 30 pings and resent events a minute for each account.',
    access,
    params: idParams,
    response: dataOf(webhookEventSchema),
    status: 201,
    errors: [...NOT_FOUND, 'WEBHOOK_DISABLED'],
    handle: async (deps: WebhooksNeeds, { caller, params, idempotencyKey }) => {
      const { delivery, replayed } = await sendTestEvent(deps, caller.accountId, params.id, idempotencyKey);
      return data(renderEvent(delivery), replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/webhooks/:id/events',
    tag,
    summary: "List a webhook's events with their attempts, newest first",
    access,
    params: idParams,
    query: z.strictObject(pageQuery),
    response: listOf(webhookEventSchema),
    errors: NOT_FOUND,
    handle: async (deps: WebhooksNeeds, { caller, params, query }) => {
      const limit = query.limit ?? DEFAULT_PAGE_SIZE;
      const after = parseCursor(query.cursor, timePosition);
      const { id } = await findWebhook(deps, caller.accountId, params.id);
      const page = toPage(
        await deps.webhookDeliveries.list(caller.accountId, id, limit + 1, after),
        limit,
        timePositionOf,
      );
      return list({ ...page, items: page.items.map(renderEvent) });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/account/webhooks/:id/events/:eventId/resend',
    tag,
    summary: 'Resend an event to a webhook',
    description: 'At most 30 pings and resent events a minute for each account.',
    access,
    params: eventParams,
    response: dataOf(webhookEventSchema),
    errors: ['WEBHOOK_NOT_FOUND', 'EVENT_NOT_FOUND', 'WEBHOOK_DISABLED'],
    handle: async (deps: WebhooksNeeds, { caller, params, idempotencyKey }) => {
      const { id, eventId } = params;
      const { delivery, replayed } = await resendEvent(deps, caller.accountId, id, eventId, idempotencyKey);
      return data(renderEvent(delivery), replayed);
    },
  }),
];
