import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { type Page, toPage } from '../../platform/http/replies.ts';
import { DEFAULT_PAGE_SIZE } from '../../platform/http/schemas.ts';
import type { FailedEvent, IncomingEvent } from '../../sales/incoming/incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/**
 * Returns a page of handled and failed events together, newest first.
 * @throws INVALID_REQUEST
 */
export async function pageOfIncomingEvents(
  deps: IncomingNeeds,
  { limit = DEFAULT_PAGE_SIZE, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
): Promise<Page<IncomingEvent | FailedEvent>> {
  const after = parseCursor(cursor, timePosition);
  const [handled, failed] = await Promise.all([
    deps.incomingEvents.list(limit + 1, after),
    deps.failedEvents.list(limit + 1, after),
  ]);
  const both = [...handled, ...failed].sort((one, other) => (positionOf(one) < positionOf(other) ? 1 : -1));
  return toPage(both.slice(0, limit + 1), limit, (last) =>
    timePositionOf({ createdAt: last.handledAt, id: last.eventId }),
  );
}

/** Returns the key by which both collections are ordered. */
function positionOf({ handledAt, eventId }: IncomingEvent | FailedEvent): string {
  return `${handledAt} ${eventId}`;
}
