import type { EventMarker, HandledEvent } from './incomingEvent.ts';

/** Handles the events of a type: what an event is about is fetched afresh, and followed. */
export type EventHandler<Needs, Subject> = (deps: Needs, subject: Subject, event: EventMarker) => Promise<HandledEvent>;

/** The handlers of a provider's events by type; events of other types are ignored. */
export type EventHandlers<Needs, Subject> = Readonly<Record<string, EventHandler<Needs, Subject>>>;

/**
 * The entry for a type of events, in a table by type in which `subscription.*` stands for all types that begin so; null
 * for a type that the table doesn't have. Pure.
 */
export function entryFor<T>(table: Readonly<Record<string, T>>, type: string): T | null {
  const family = type.replace(/\..*$/s, '.*');
  const key = [type, family].find((name) => Object.hasOwn(table, name));
  return key === undefined ? null : (table[key] ?? null);
}
