import type { EventMarker, HandledEvent } from './incomingEvent.ts';

/** Handles events of one type: fetches the current state of the event's subject and applies it. */
export type EventHandler<Needs, Subject> = (deps: Needs, subject: Subject, event: EventMarker) => Promise<HandledEvent>;

/** Handlers of a provider's events by type; events of other types are ignored. */
export type EventHandlers<Needs, Subject> = Readonly<Record<string, EventHandler<Needs, Subject>>>;

/**
 * Returns the entry for an event type; null if the table has none. The key `subscription.*` stands for all types that
 * start with `subscription.`. Pure.
 */
export function entryFor<T>(table: Readonly<Record<string, T>>, type: string): T | null {
  const family = type.replace(/\..*$/s, '.*');
  const key = [type, family].find((name) => Object.hasOwn(table, name));
  return key === undefined ? null : (table[key] ?? null);
}
