import { runUnitOfWork } from '@cloud-bridge/base';
import { isMailed, mailOf } from '../alerts/alertMail.ts';
import type { AccountEvent } from '../events/accountEvent.ts';
import { newDelivery, type WebhookDelivery } from './delivery.ts';
import { wants } from './endpoint.ts';
import type { WebhooksNeeds } from './needs.ts';

/**
 * Creates an event's deliveries to all endpoints that want it, and its mail. The same commit marks the event as
 * dispatched, so each delivery is created once, even if several processes dispatch the event. The deliveries' tasks are
 * queued after the commit; the sweep queues tasks that a crash leaves out.
 */
export async function dispatchEvent(deps: WebhooksNeeds, eventId: string): Promise<void> {
  const now = deps.clock();
  const dispatched = await runUnitOfWork(deps.db, async (unit) => {
    const event = await deps.accountEvents.findIn(unit, eventId);
    if (event?.undispatchedSince === undefined) return [];
    const deliveries = await deliveriesOf(deps, event, now);
    const mail = await mailFor(deps, event);
    for (const delivery of deliveries) deps.webhookDeliveries.createIn(unit, delivery);
    if (mail) deps.mail.createIn(unit, event, mail);
    deps.accountEvents.dispatchedIn(unit, event.id);
    return deliveries;
  });
  for (const { id } of dispatched) await deps.webhookTasks.enqueue(id, 0);
}

async function deliveriesOf(deps: WebhooksNeeds, event: AccountEvent, now: string): Promise<WebhookDelivery[]> {
  const endpoints = await deps.webhookEndpoints.list(event.accountId);
  return endpoints.filter((endpoint) => wants(endpoint, event)).map(({ id }) => newDelivery(event, id, now));
}

async function mailFor(deps: WebhooksNeeds, event: AccountEvent) {
  const settings = await deps.alerts.find(event.accountId);
  if (!isMailed(event, settings)) return null;
  // The address comes from Firebase Auth, so that a former or unverified address gets no mail.
  return mailOf(event, settings, await deps.users.findVerifiedEmail(event.accountId));
}
