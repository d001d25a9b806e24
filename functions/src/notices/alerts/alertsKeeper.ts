import { ERASED_AT_ONCE, inOneGo, untilGone } from '../../platform/accountData/erasures.ts';
import type { Keeper } from '../../platform/accountData/keeper.ts';
import { idOf, named, whole } from '../../platform/accountData/sections.ts';
import type { AlertsNeeds } from './needs.ts';

/** Exports and erases an account's alert settings and the mails to its owner. */
export function alertsKeeper({ alerts, mail }: Pick<AlertsNeeds, 'alerts' | 'mail'>) {
  return {
    sections: {
      alerts: async (id) => whole([await alerts.find(id)]),
      mail: async (id, limit, after) => named(await mail.listOf(id, limit, idOf(after))),
    },
    erasures: {
      mail: untilGone((id) => mail.deletePageOf(id, ERASED_AT_ONCE)),
      alerts: inOneGo(({ id }) => alerts.delete(id)),
    },
  } satisfies Keeper;
}
