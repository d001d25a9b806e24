import type { Deps } from '../../deps.ts';
import { type Idempotency, idempotencyKeyReused } from '../../http/idempotency.ts';
import { invalidField, notFound } from '../../shared/appError.ts';
import { derivedId, randomId } from '../../shared/ids.ts';
import type { IsoTime } from '../../shared/time.ts';
import { MAX_ENDPOINTS, rotated, type WebhookEndpoint } from './endpoint.ts';
import { newSigningSecret } from './signMessage.ts';
import { problemOfUrl, targetRulesOf } from './targetAddress.ts';
import { tooManyEndpoints } from './webhooks.errors.ts';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './webhooks.schemas.ts';

/** Makes an endpoint. Throws 400 (url), 409 `TOO_MANY_WEBHOOKS`, 422 (Idempotency-Key used for something else). */
export async function createWebhook(
  deps: Deps,
  accountId: string,
  request: CreateWebhookRequest,
  { key, requestHash }: Idempotency,
): Promise<{ endpoint: WebhookEndpoint; replayed: boolean }> {
  const now = deps.clock();
  const id = key ? derivedId('whk', accountId, key) : randomId('whk');
  requireGoodUrl(deps, request.url);
  const others = (await deps.webhookEndpoints.list(accountId)).filter((endpoint) => endpoint.id !== id);
  if (others.length >= MAX_ENDPOINTS) throw tooManyEndpoints();
  const made: WebhookEndpoint = {
    id,
    accountId,
    ...request,
    secrets: [{ value: newSigningSecret(), expiresAt: null, requestKey: key }],
    disabled: null,
    failingSince: null,
    createdAt: now,
    updatedAt: now,
    requestHash,
  };
  const endpoint = await deps.webhookEndpoints.createOrFind(made);
  if (endpoint.requestHash !== requestHash) throw idempotencyKeyReused();
  return { endpoint, replayed: endpoint !== made };
}

/** One endpoint of an account; throws 404. */
export async function findWebhook(deps: Deps, accountId: string, endpointId: string): Promise<WebhookEndpoint> {
  const endpoint = await deps.webhookEndpoints.find(accountId, endpointId);
  if (!endpoint) throw notFound('webhook');
  return endpoint;
}

/** Changes url, description, events, or whether it is enabled. Throws 400 (url), 404. */
export async function updateWebhook(
  deps: Deps,
  accountId: string,
  endpointId: string,
  request: UpdateWebhookRequest,
): Promise<WebhookEndpoint> {
  const now = deps.clock();
  if (request.url !== undefined) requireGoodUrl(deps, request.url);
  return change(deps, accountId, endpointId, (endpoint) => updated(endpoint, request, now));
}

/**
 * Gives an endpoint a new secret; the one before goes on signing for a day. With the Idempotency-Key of the last rotation
 * it changes nothing. Throws 404.
 */
export function rotateWebhookSecret(
  deps: Deps,
  accountId: string,
  endpointId: string,
  idempotencyKey: string | null,
): Promise<WebhookEndpoint> {
  const now = deps.clock();
  // A commit whose answer was lost is found again by this.
  const requestKey = derivedId('rot', idempotencyKey ?? randomId('rot'));
  const secret = { value: newSigningSecret(), expiresAt: null, requestKey };
  return change(deps, accountId, endpointId, (endpoint) =>
    endpoint.secrets[0]?.requestKey === requestKey ? endpoint : rotated(endpoint, secret, now),
  );
}

/** Deletes an endpoint; what is on its way there is dropped. Throws 404. */
export async function deleteWebhook(deps: Deps, accountId: string, endpointId: string): Promise<WebhookEndpoint> {
  const endpoint = await findWebhook(deps, accountId, endpointId);
  await deps.webhookEndpoints.delete(accountId, endpointId);
  return endpoint;
}

async function change(
  deps: Deps,
  accountId: string,
  endpointId: string,
  rule: (before: WebhookEndpoint) => WebhookEndpoint,
): Promise<WebhookEndpoint> {
  const changed = await deps.webhookEndpoints.change(accountId, endpointId, rule);
  if (!changed) throw notFound('webhook');
  return changed;
}

function updated(endpoint: WebhookEndpoint, request: UpdateWebhookRequest, now: IsoTime): WebhookEndpoint {
  const { url = endpoint.url, description = endpoint.description, events = endpoint.events, enabled } = request;
  const fresh = { ...endpoint, url, description, events, updatedAt: now };
  if (enabled === undefined) return fresh;
  if (enabled) return { ...fresh, disabled: null, failingSince: endpoint.disabled ? null : endpoint.failingSince };
  return { ...fresh, disabled: endpoint.disabled ?? { at: now, reason: 'owner' } };
}

function requireGoodUrl(deps: Deps, url: string): void {
  const problem = problemOfUrl(url, targetRulesOf(deps.config));
  if (problem) throw invalidField('url', problem);
}
