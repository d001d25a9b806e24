import {
  type Idempotency,
  type IdempotencyKey,
  type IsoTime,
  idempotencyKeyReused,
  idOfRequest,
  invalidField,
  runUnitOfWork,
} from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import { MAX_ENDPOINTS, rotated, type WebhookEndpoint, wasRotatedBy } from './endpoint.ts';
import type { WebhooksNeeds } from './needs.ts';
import { newSigningSecret } from './signMessage.ts';
import { problemOfUrl } from './targetAddress.ts';
import { tooManyEndpoints } from './webhooks.errors.ts';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './webhooks.schemas.ts';

/**
 * Creates an endpoint.
 * @throws INVALID_REQUEST (url), TOO_MANY_WEBHOOKS, IDEMPOTENCY_KEY_REUSED
 */
export async function createWebhook(
  deps: WebhooksNeeds,
  accountId: string,
  request: CreateWebhookRequest,
  { key, requestHash }: Idempotency,
): Promise<{ endpoint: WebhookEndpoint; replayed: boolean }> {
  const now = deps.clock();
  const id = idOfRequest({ account: accountId }, 'whk', key);
  requireGoodUrl(deps, request.url);
  const made: WebhookEndpoint = {
    id,
    accountId,
    ...request,
    secrets: [{ value: newSigningSecret(), expiresAt: null, requestKey: null }],
    disabled: null,
    failingSince: null,
    createdAt: now,
    updatedAt: now,
    requestHash,
  };
  const endpoint = await store(deps, made);
  if (endpoint.requestHash !== requestHash) throw idempotencyKeyReused();
  return { endpoint, replayed: endpoint !== made };
}

/**
 * Stores a new endpoint, or returns the existing endpoint with that id. Every new endpoint changes the account's
 * document, and this function reads the account before it counts the endpoints. So of two concurrent requests, the one
 * that loses counts again.
 */
function store(deps: WebhooksNeeds, made: WebhookEndpoint): Promise<WebhookEndpoint> {
  const { id, accountId } = made;
  return runUnitOfWork(deps.db, async (unit) => {
    const account = await deps.accounts.findIn(unit, accountId);
    if (!account) throw new Error(`account ${accountId} is gone`);
    const existing = await deps.webhookEndpoints.findIn(unit, accountId, id);
    if (existing) return existing;
    const others = await deps.webhookEndpoints.list(accountId);
    if (others.length >= MAX_ENDPOINTS) throw tooManyEndpoints();
    deps.accounts.changeIn(unit, accountId, { webhooksMade: (account.webhooksMade ?? 0) + 1 });
    deps.webhookEndpoints.createIn(unit, made);
    return made;
  });
}

/**
 * Finds an endpoint of an account.
 * @throws WEBHOOK_NOT_FOUND
 */
export async function findWebhook(
  deps: WebhooksNeeds,
  accountId: string,
  endpointId: string,
): Promise<WebhookEndpoint> {
  const endpoint = await deps.webhookEndpoints.find(accountId, endpointId);
  if (!endpoint) throw notFound('WEBHOOK_NOT_FOUND');
  return endpoint;
}

/**
 * Changes an endpoint's URL, description or events, or enables or disables the endpoint.
 * @throws INVALID_REQUEST (url), WEBHOOK_NOT_FOUND
 */
export async function updateWebhook(
  deps: WebhooksNeeds,
  accountId: string,
  endpointId: string,
  request: UpdateWebhookRequest,
): Promise<WebhookEndpoint> {
  const now = deps.clock();
  if (request.url !== undefined) requireGoodUrl(deps, request.url);
  return change(deps, accountId, endpointId, (endpoint) => updated(endpoint, request, now));
}

/**
 * Gives an endpoint a new secret; the previous secret also signs for one more day. A request with the Idempotency-Key
 * of an earlier rotation changes nothing.
 * @throws WEBHOOK_NOT_FOUND
 */
export async function rotateWebhookSecret(
  deps: WebhooksNeeds,
  accountId: string,
  endpointId: string,
  idempotencyKey: IdempotencyKey | null,
): Promise<{ endpoint: WebhookEndpoint; replayed: boolean }> {
  const now = deps.clock();
  // Stored with the secret, so that a commit whose answer was lost is recognized when the client repeats the request.
  const requestKey = idOfRequest({ account: accountId }, 'rot', idempotencyKey, endpointId);
  const secret = { value: newSigningSecret(), expiresAt: null, requestKey };
  const endpoint = await change(deps, accountId, endpointId, (before) =>
    wasRotatedBy(before, requestKey) ? before : rotated(before, secret, now),
  );
  return { endpoint, replayed: endpoint.secrets.every(({ value }) => value !== secret.value) };
}

/**
 * Deletes an endpoint. Its pending deliveries are canceled when their next attempt is due.
 * @throws WEBHOOK_NOT_FOUND
 */
export async function deleteWebhook(
  deps: WebhooksNeeds,
  accountId: string,
  endpointId: string,
): Promise<WebhookEndpoint> {
  const endpoint = await findWebhook(deps, accountId, endpointId);
  await deps.webhookEndpoints.delete(accountId, endpointId);
  return endpoint;
}

async function change(
  deps: WebhooksNeeds,
  accountId: string,
  endpointId: string,
  rule: (before: WebhookEndpoint) => WebhookEndpoint,
): Promise<WebhookEndpoint> {
  const changed = await deps.webhookEndpoints.change(accountId, endpointId, rule);
  if (!changed) throw notFound('WEBHOOK_NOT_FOUND');
  return changed;
}

function updated(endpoint: WebhookEndpoint, request: UpdateWebhookRequest, now: IsoTime): WebhookEndpoint {
  const { url = endpoint.url, description = endpoint.description, events = endpoint.events, enabled } = request;
  const fresh = { ...endpoint, url, description, events, updatedAt: now };
  if (enabled === undefined) return fresh;
  if (enabled) return { ...fresh, disabled: null, failingSince: endpoint.disabled ? null : endpoint.failingSince };
  return { ...fresh, disabled: endpoint.disabled ?? { at: now, reason: 'owner' } };
}

function requireGoodUrl(deps: WebhooksNeeds, url: string): void {
  const problem = problemOfUrl(url, deps.webhookSender.rules);
  if (problem) throw invalidField('url', problem);
}
