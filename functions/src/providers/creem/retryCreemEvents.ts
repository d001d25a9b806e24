import { addSeconds, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { NotedEvent, NotedPosition } from './creemEvents.store.ts';
import { handleCreemEvent } from './handleCreemEvent.ts';
import type { CreemNeeds } from './needs.ts';

/** Age, in seconds, from which an event is retried; younger events may still be in delivery. */
const PATIENCE_SECONDS = 5 * 60;
/** Age, in seconds, up to which an event is retried; later, operators can replay the event. */
const PERSISTENCE_SECONDS = 3 * 24 * 60 * 60;
/** Age, in seconds, up to which operators can replay an event. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Retries events from Creem that could not be handled when they arrived; Creem's own retries end after an hour and a
 * half. Returns the number of handled events. The function `reconcileCreem` calls this.
 */
export async function retryCreemEvents(deps: CreemNeeds, limits?: Partial<RunLimits>): Promise<number> {
  const now = deps.clock();
  const before = addSeconds(now, -PATIENCE_SECONDS);
  const { changed } = await workThrough(
    deps,
    {
      // The cursor's position is stored under this name.
      name: 'reconcileCreemEvents',
      list: async (after: NotedPosition | null, limit) =>
        pageOf(await deps.creemEvents.listBefore(before, after, limit), limit, positionOf),
      settle: (event) => handleLate(deps, event, addSeconds(now, -PERSISTENCE_SECONDS), addSeconds(now, -KEPT_SECONDS)),
      cursorAfter: positionOf,
      complaint: 'could not reconcile',
      nameOf: ({ id, type }) => ({ eventId: id, type }),
    },
    limits,
  );
  return changed;
}

function positionOf({ id, receivedAt }: NotedEvent): NotedPosition {
  return { id, receivedAt };
}

/** Handles an event, or forgets an event that is too old. Returns false for an event that is left to operators. */
async function handleLate(
  deps: CreemNeeds,
  event: NotedEvent,
  givenUpAt: string,
  forgottenAt: string,
): Promise<boolean> {
  const { id: eventId, receivedAt } = event;
  if (receivedAt >= givenUpAt) await handleCreemEvent(deps, event, receivedAt);
  else if (receivedAt >= forgottenAt) return false;
  // Delete the stored event here as well: a crash may have left it behind after the event was handled.
  await deps.creemEvents.forget(eventId);
  return true;
}
