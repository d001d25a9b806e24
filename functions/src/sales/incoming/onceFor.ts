import { type IsoTime, runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
import type { EventMarker, EventOutcome } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/** The result of a unit of work. */
export interface Effect<T> {
  /** The outcome for the event's marker. With `overtaken`, nothing was written and the event isn't marked. */
  readonly outcome: EventOutcome | 'overtaken';
  readonly orderId: string | null;
  readonly result: T;
}

/** The result of handling an event once. */
export interface Once<T> {
  /** True if the event had its effect before. */
  readonly duplicate: boolean;
  /** Null for a duplicate. */
  readonly result: T | null;
}

/**
 * Runs an event's unit of work once: reads the event's marker first, and writes the marker in the same commit as the
 * effect. So an event is marked exactly when it has had its effect, however many copies of it arrive.
 * @param event null when no event caused the call; then nothing is marked
 * @param work reads, decides, and then writes; may run several times, each time with the same `now`
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
