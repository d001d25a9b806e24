import type { AccountEventStore } from './accountEvents.store.ts';

/** What keeps events until they are on their way. */
export interface EventsNeeds {
  readonly accountEvents: AccountEventStore;
}
