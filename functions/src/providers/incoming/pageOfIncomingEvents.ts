import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { type Page, toPage } from '../../platform/http/replies.ts';
import { DEFAULT_PAGE_SIZE } from '../../platform/http/schemas.ts';
import type { FailedEvent, IncomingEvent } from '../../sales/incoming/incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/**
 * A page of the events that were handled and of those that failed, in one order: the latest first.
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

/** What both collections are ordered by. */
function positionOf({ handledAt, eventId }: IncomingEvent | FailedEvent): string {
  return `${handledAt} ${eventId}`;
}
