import { addSeconds, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { NotedEvent, NotedPosition } from './creemEvents.store.ts';
import { handleCreemEvent } from './handleCreemEvent.ts';
import type { CreemNeeds } from './needs.ts';

/** A delivery that is under way is left alone. */
const PATIENCE_SECONDS = 5 * 60;
/** One that can't be handled for as long is left to operators, who may replay it. */
const PERSISTENCE_SECONDS = 3 * 24 * 60 * 60;
/** How long they may. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Handles what came from Creem and could not be handled then; Creem itself gives up after an hour and a half. Says how
 * many. What the scheduled function does, besides asking about orders and subscriptions themselves.
 */
export async function reconcileCreemEvents(deps: CreemNeeds, limits?: Partial<RunLimits>): Promise<number> {
  const now = deps.clock();
  const before = addSeconds(now, -PATIENCE_SECONDS);
  const { changed } = await workThrough(
    deps,
    {
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

/** False for one that is left. */
async function handleLate(
  deps: CreemNeeds,
  event: NotedEvent,
  givenUpAt: string,
  forgottenAt: string,
): Promise<boolean> {
  const { id: eventId, receivedAt } = event;
  if (receivedAt >= givenUpAt) await handleCreemEvent(deps, event, receivedAt);
  else if (receivedAt >= forgottenAt) return false;
  // Of those that were handled a crash may have left one.
  await deps.creemEvents.forget(eventId);
  return true;
}
