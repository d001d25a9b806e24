import type { AccountEventStore } from './accountEvents.store.ts';

/** Needs of the code that writes events to the outbox. */
export interface EventsNeeds {
  readonly accountEvents: AccountEventStore;
}
