import { type EventHandlers, entryFor } from './eventTable.ts';
import { ignoreEvent } from './ignoreEvent.ts';
import type { EventMarker, FailedEvent, HandledEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';
import { notingFailure } from './notingFailure.ts';

/** Keeps an event until it has had its effect, for a provider that has no list of events. */
interface EventKeeper {
  note(): Promise<void>;
  forget(): Promise<void>;
}

/**
 * Handles one verified event. Nothing that it says is used but its type and what it is about: that is fetched afresh,
 * because events come late, twice, out of order, and in the words of another version of the API. Returns after the
 * commit that holds effect and marker.
 * @param subject what the event is about; noted with a failure, so that the event can be handled again without the
 *   provider
 * @throws what the handler throws, after the failure was noted
 */
export async function handleEvent<Needs extends IncomingNeeds, Subject extends FailedEvent['subject']>(
  deps: Needs,
  handlers: EventHandlers<Needs, Subject>,
  event: EventMarker,
  subject: Subject,
  keeper?: EventKeeper,
): Promise<HandledEvent> {
  // A duplicate is answered without asking the provider; the commit looks again, because two may come at once.
  if (await deps.incomingEvents.isMarked(event)) return { duplicate: true, orderId: null };
  await keeper?.note();
  const handler = entryFor(handlers, event.type);
  const { duplicate, orderId } = await notingFailure(deps, event, subject, () =>
    handler ? handler(deps, subject, event) : ignoreEvent(deps, event),
  );
  await keeper?.forget();
  return { duplicate, orderId };
}
