import { type EventHandlers, entryFor } from './eventTable.ts';
import { ignoreEvent } from './ignoreEvent.ts';
import type { EventMarker, FailedEvent, HandledEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';
import { notingFailure } from './notingFailure.ts';

/** Stores an event until it has been handled; for a provider whose API has no list of events. */
interface EventKeeper {
  note(): Promise<void>;
  forget(): Promise<void>;
}

/**
 * Handles one verified event. Uses only the event's type and subject, and fetches the subject's current state: events
 * arrive late, twice, out of order, and in another API version's format. Returns after the commit that holds the effect
 * and the marker.
 * @param subject the object that the event is about; recorded with a failure, so that the event can be handled again
 *   without the provider's copy
 * @throws what the handler throws, after the failure was recorded
 */
export async function handleEvent<Needs extends IncomingNeeds, Subject extends FailedEvent['subject']>(
  deps: Needs,
  handlers: EventHandlers<Needs, Subject>,
  event: EventMarker,
  subject: Subject,
  keeper?: EventKeeper,
): Promise<HandledEvent> {
  // A known duplicate needs no request to the provider. The commit checks again, because two copies may arrive at once.
  if (await deps.incomingEvents.isMarked(event)) return { duplicate: true, orderId: null };
  await keeper?.note();
  const handler = entryFor(handlers, event.type);
  const { duplicate, orderId } = await notingFailure(deps, event, subject, () =>
    handler ? handler(deps, subject, event) : ignoreEvent(deps, event),
  );
  await keeper?.forget();
  return { duplicate, orderId };
}
