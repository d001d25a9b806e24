import { ERASED_AT_ONCE, untilGone } from '../../platform/accountData/erasures.ts';
import type { Keeper } from '../../platform/accountData/keeper.ts';
import { idOf, named } from '../../platform/accountData/sections.ts';
import type { EventsNeeds } from './needs.ts';

/** Exports and erases an account's events. */
export function eventsKeeper({ accountEvents }: EventsNeeds) {
  return {
    sections: {
      events: async (id, limit, after) => named(await accountEvents.listOf(id, limit, idOf(after))),
    },
    erasures: { events: untilGone((id) => accountEvents.deletePageOf(id, ERASED_AT_ONCE)) },
  } satisfies Keeper;
}
