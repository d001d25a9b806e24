import type { EventMarker, HandledEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/**
 * Marks an event that changes nothing here, so that nobody looks at it again.
 * @param marker null for a look that no event asked for
 * @param orderId the order that the event is about, if there is one
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

/**
 * Ignores an event about an object that its provider doesn't have: the object never was in this account, or somebody
 * has deleted it there.
 */
export function ignoreUnknown(
  deps: Pick<IncomingNeeds, 'clock' | 'incomingEvents' | 'logger'>,
  marker: EventMarker | null,
  objectId: string,
): Promise<HandledEvent> {
  deps.logger.error('an event is about something that the provider does not have', { ...marker, objectId });
  return ignoreEvent(deps, marker);
}
