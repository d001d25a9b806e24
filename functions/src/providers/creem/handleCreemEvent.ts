import type { IsoTime } from '@cloud-bridge/base';
import type { EventHandlers } from '../../sales/incoming/eventTable.ts';
import { handleEvent } from '../../sales/incoming/handleEvent.ts';
import type { HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import type { CreemEvent, CreemEventType, CreemSubject } from './creemEvent.ts';
import { handlePage, handleReversal, handleSubscription } from './creemHandlers.ts';
import type { CreemNeeds } from './needs.ts';

/** The handler of each type of Creem's events that has an effect here. */
const HANDLERS = {
  'checkout.completed': handlePage,
  'subscription.*': handleSubscription,
  'refund.created': handleReversal,
  'dispute.created': handleReversal,
} satisfies EventHandlers<CreemNeeds, CreemSubject> & Record<CreemEventType, unknown>;

/** The types of events that Creem's webhook must send. README lists them. */
export const HANDLED_EVENT_TYPES = Object.keys(HANDLERS) as (keyof typeof HANDLERS)[];

/**
 * Handles a verified event of Creem's. Creem has no list of events, so the event's subject is stored first, and deleted
 * after the event has taken effect.
 * @param receivedAt when the event first arrived; by default now
 * @throws what the event's handler throws, after the failure was stored
 */
export function handleCreemEvent(
  deps: CreemNeeds,
  event: CreemEvent,
  receivedAt: IsoTime = deps.clock(),
): Promise<HandledEvent> {
  const marker = { provider: 'creem', eventId: event.id, type: event.type } as const;
  return handleEvent(deps, HANDLERS, marker, event.subject, {
    note: () => deps.creemEvents.note(event, receivedAt),
    forget: () => deps.creemEvents.forget(event.id),
  });
}
