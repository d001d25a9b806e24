import type { EventMarker, HandledEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/**
 * Marks an event that changes nothing, so that it isn't handled again.
 * @param marker null when no event caused the call; then nothing is marked
 * @param orderId the order that the event is about; null for none
 */
export async function ignoreEvent(
  deps: Pick<IncomingNeeds, 'clock' | 'incomingEvents'>,
  marker: EventMarker | null,
  orderId: string | null = null,
): Promise<HandledEvent> {
  if (!marker) return { duplicate: false, orderId };
  const event = { ...marker, outcome: 'ignored', orderId, handledAt: deps.clock() } as const;
  return { duplicate: !(await deps.incomingEvents.mark(event)), orderId };
}

/** Logs and ignores an event about an object that its provider doesn't have (deleted, or another account's). */
export function ignoreUnknown(
  deps: Pick<IncomingNeeds, 'clock' | 'incomingEvents' | 'logger'>,
  marker: EventMarker | null,
  objectId: string,
): Promise<HandledEvent> {
  deps.logger.error('an event is about something that the provider does not have', { ...marker, objectId });
  return ignoreEvent(deps, marker);
}
