import { sweep } from '../../charges/sweep.ts';
import type { Deps } from '../../deps.ts';
import { addSeconds } from '../../shared/time.ts';
import type { NotedEvent } from './creemEvents.store.ts';
import { handleCreemEvent } from './handleCreemEvent.ts';

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
export function reconcileCreemEvents(deps: Deps): Promise<number> {
  const now = deps.clock();
  const before = addSeconds(now, -PATIENCE_SECONDS);
  return sweep(
    deps.logger,
    (limit, offset) => deps.creemEvents.listBefore(before, limit, offset),
    (event) => handleLate(deps, event, addSeconds(now, -PERSISTENCE_SECONDS), addSeconds(now, -KEPT_SECONDS)),
    ({ id }) => id,
  );
}

/** One event's trouble is not another's. False for one that is left. */
async function handleLate(deps: Deps, event: NotedEvent, givenUpAt: string, forgottenAt: string): Promise<boolean> {
  const { id: eventId, type, receivedAt } = event;
  try {
    if (receivedAt >= givenUpAt) await handleCreemEvent(deps, event, receivedAt);
    else if (receivedAt >= forgottenAt) return false;
    // Of those that were handled a crash may have left one.
    await deps.creemEvents.forget(eventId);
    return true;
  } catch (error) {
    deps.logger.error('could not reconcile', { eventId, type, cause: String(error) });
    return false;
  }
}
