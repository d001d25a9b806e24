import type { IsoTime, UnitOfWork } from '@cloud-bridge/base';
import { newEvent } from '../events/accountEvent.ts';
import { type Attempt, attempted, canceled, type WebhookDelivery } from './delivery.ts';
import { afterAttempt, type WebhookEndpoint } from './endpoint.ts';
import { enterLine, leaveLine } from './moveLine.ts';
import type { WebhooksNeeds } from './needs.ts';
import { signMessage } from './signMessage.ts';

const GONE = 410;

/**
 * Makes one attempt at a delivery, if an attempt is due and the account is below its limit of concurrent attempts.
 * Tasks call this function. A call that comes too early, or during another attempt at the delivery, does nothing.
 * Throws only when the database or the queue can't be reached. The sweep then repeats the attempt, so a receiver may
 * get an event twice, with the same id.
 */
export async function attemptDelivery(deps: WebhooksNeeds, deliveryId: string): Promise<void> {
  const now = deps.clock();
  const delivery = await enterLine(deps, deliveryId, now);
  if (!delivery) return;
  try {
    await attempt(deps, delivery, now);
  } finally {
    await leaveLine(deps, delivery);
  }
}

async function attempt(deps: WebhooksNeeds, delivery: WebhookDelivery, now: IsoTime): Promise<void> {
  const endpoint = await deps.webhookEndpoints.find(delivery.accountId, delivery.endpointId);
  if (!endpoint || endpoint.disabled) {
    await deps.webhookDeliveries.change(delivery.id, canceled);
    return;
  }
  const message = await signMessage(delivery, endpoint, now);
  await record(deps, delivery, { at: now, ...(await deps.webhookSender.send(message)) });
}

async function record(
  deps: WebhooksNeeds,
  { id, accountId, endpointId }: WebhookDelivery,
  attempt: Attempt,
): Promise<void> {
  const { after } = await deps.webhookDeliveries.change(id, (delivery) => attempted(delivery, attempt));
  const outcome = {
    succeeded: attempt.error === null,
    isGone: attempt.httpStatus === GONE,
    wasLast: after?.status === 'failed',
  };
  const now = deps.clock();
  await deps.webhookEndpoints.change(
    accountId,
    endpointId,
    (endpoint) => afterAttempt(endpoint, outcome, now),
    announceDisabled(deps),
  );
  if (!after || after.nextAttemptAt === null) return;
  const delaySeconds = Math.ceil((Date.parse(after.nextAttemptAt) - Date.parse(now)) / 1000);
  await deps.webhookTasks.enqueue(id, Math.max(0, delaySeconds));
}

/** Creates the event `webhook.disabled` in the commit that disables an endpoint. */
function announceDisabled(deps: WebhooksNeeds) {
  return (unit: UnitOfWork, before: WebhookEndpoint, after: WebhookEndpoint): void => {
    if (before.disabled || !after.disabled) return;
    const { id: endpointId, accountId, url, failingSince } = after;
    const { at, reason } = after.disabled;
    const data = { endpointId, url, reason, failingSince };
    deps.accountEvents.createIn(unit, newEvent({ accountId, type: 'webhook.disabled' }, [endpointId, at], data, at));
  };
}
