import { derivedId, type IdempotencyKey, idOfKey, idOfRequest, runUnitOfWork } from '@cloud-bridge/base';
import { notFound } from '../../platform/errors/refusal.ts';
import { newEvent } from '../events/accountEvent.ts';
import { findWebhook } from './changeWebhooks.ts';
import { isResend, newDelivery, resent, type WebhookDelivery } from './delivery.ts';
import { dispatchEvent } from './dispatchEvent.ts';
import { limitSends } from './limitSends.ts';
import type { WebhooksNeeds } from './needs.ts';
import { endpointDisabled } from './webhooks.errors.ts';

/**
 * Sends an endpoint a `ping`.
 * @throws WEBHOOK_NOT_FOUND, WEBHOOK_DISABLED, RATE_LIMITED (too many pings and resent events in a minute)
 */
export async function sendTestEvent(
  deps: WebhooksNeeds,
  accountId: string,
  endpointId: string,
  idempotencyKey: IdempotencyKey | null,
): Promise<{ delivery: WebhookDelivery; replayed: boolean }> {
  const endpoint = await findWebhook(deps, accountId, endpointId);
  if (endpoint.disabled) throw endpointDisabled();
  const now = deps.clock();
  const event = newEvent(
    { accountId, type: 'ping' },
    [idOfRequest({ account: accountId }, 'png', idempotencyKey, endpointId)],
    { endpointId },
    now,
  );
  if (!(await deps.accountEvents.find(event.id))) await limitSends(deps, accountId);
  const replayed = await runUnitOfWork(deps.db, async (unit) => {
    const known = await deps.accountEvents.findIn(unit, event.id);
    if (!known) deps.accountEvents.createIn(unit, event);
    return known !== null;
  });
  await dispatchEvent(deps, event.id);
  const { after } = await deps.webhookDeliveries.change(derivedId('dlv', event.id, endpointId), (same) => same);
  return { delivery: after ?? newDelivery(event, endpointId, now), replayed };
}

/**
 * Sends an event to an endpoint again, with a full set of retries.
 * @throws EVENT_NOT_FOUND or WEBHOOK_NOT_FOUND, WEBHOOK_DISABLED, RATE_LIMITED (too many pings and resent events in a
 *   minute)
 */
export async function resendEvent(
  deps: WebhooksNeeds,
  accountId: string,
  endpointId: string,
  eventId: string,
  idempotencyKey: IdempotencyKey | null,
): Promise<{ delivery: WebhookDelivery; replayed: boolean }> {
  const endpoint = await findWebhook(deps, accountId, endpointId);
  if (endpoint.disabled) throw endpointDisabled();
  const now = deps.clock();
  const deliveryId = derivedId('dlv', eventId, endpointId);
  const requestKey = idempotencyKey && idOfKey({ account: accountId }, 'rsd', idempotencyKey, deliveryId);
  const known = await deps.webhookDeliveries.find(deliveryId);
  if (known?.accountId !== accountId) throw notFound('EVENT_NOT_FOUND');
  if (!isResend(known, requestKey)) await limitSends(deps, accountId);
  const { before, after } = await deps.webhookDeliveries.change(deliveryId, (delivery) =>
    resent(delivery, requestKey, now),
  );
  if (!before || !after) throw notFound('EVENT_NOT_FOUND');
  const replayed = isResend(before, requestKey);
  if (!replayed) await deps.webhookTasks.enqueue(after.id, 0);
  return { delivery: after, replayed };
}
