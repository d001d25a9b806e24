import type { EventMarker, HandledEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/**
 * Marks an event that concerns nothing here, so that nobody looks at it again.
 * @param marker null for a look that no event asked for
 */
export async function ignoreEvent(
  deps: Pick<IncomingNeeds, 'clock' | 'incomingEvents'>,
  marker: EventMarker | null,
): Promise<HandledEvent> {
  if (!marker) return { duplicate: false, orderId: null };
  const event = { ...marker, outcome: 'ignored', orderId: null, handledAt: deps.clock() } as const;
  return { duplicate: !(await deps.incomingEvents.mark(event)), orderId: null };
}
