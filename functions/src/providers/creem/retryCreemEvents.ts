import { addSeconds, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { NotedEvent, NotedPosition } from './creemEvents.store.ts';
import { handleCreemEvent } from './handleCreemEvent.ts';
import type { CreemNeeds } from './needs.ts';

/** A delivery that is under way is left alone. */
const PATIENCE_SECONDS = 5 * 60;
/** An event that can't be handled for as long is left to operators, who may replay it. */
const PERSISTENCE_SECONDS = 3 * 24 * 60 * 60;
/** How long operators may replay an event. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Handles events that came from Creem and could not be handled then; Creem itself gives up after an hour and a half.
 * Says how many were handled. This is what the function `reconcileCreem` does.
 */
export async function retryCreemEvents(deps: CreemNeeds, limits?: Partial<RunLimits>): Promise<number> {
  const now = deps.clock();
  const before = addSeconds(now, -PATIENCE_SECONDS);
  const { changed } = await workThrough(
    deps,
    {
      // The name under which its place is stored.
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

/** False for an event that is left to operators. */
async function handleLate(
  deps: CreemNeeds,
  event: NotedEvent,
  givenUpAt: string,
  forgottenAt: string,
): Promise<boolean> {
  const { id: eventId, receivedAt } = event;
  if (receivedAt >= givenUpAt) await handleCreemEvent(deps, event, receivedAt);
  else if (receivedAt >= forgottenAt) return false;
  // A crash may have left the note of an event that was handled.
  await deps.creemEvents.forget(eventId);
  return true;
}
