import { type IsoTime, runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
import type { EventMarker, EventOutcome } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/** What a unit of work came to. */
export interface Effect<T> {
  /** What the event's marker says; with `overtaken` nothing was written, and the event isn't marked. */
  readonly outcome: EventOutcome | 'overtaken';
  readonly orderId: string | null;
  readonly result: T;
}

/** What came of an event. */
export interface Once<T> {
  /** True for an event that has had its effect before. */
  readonly duplicate: boolean;
  /** Null for a duplicate. */
  readonly result: T | null;
}

/**
 * Runs the unit of work that an event asks for, once for each event: the marker is looked for in the unit before
 * anything else, and written in the same commit as the effect. So an event is marked exactly when it has had its
 * effect, however often it comes and however many copies of it come at once.
 * @param event null for a look that no event asked for: nothing is marked then
 * @param work reads, decides, and then writes; it may run several times, so its time is given
 * @throws what `work` throws; nothing is written then
 */
export async function onceFor<T>(
  deps: Pick<IncomingNeeds, 'clock' | 'db' | 'incomingEvents'>,
  event: EventMarker | null,
  work: (unit: UnitOfWork, now: IsoTime) => Promise<Effect<T>>,
): Promise<Once<T>> {
  const now = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    if (event && (await deps.incomingEvents.isMarkedIn(unit, event))) return { duplicate: true, result: null };
    const { outcome, orderId, result } = await work(unit, now);
    if (event && outcome !== 'overtaken') {
      deps.incomingEvents.markIn(unit, { ...event, outcome, orderId, handledAt: now });
    }
    return { duplicate: false, result };
  });
}
