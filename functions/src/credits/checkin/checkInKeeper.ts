import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { CheckinNeeds } from './needs.ts';

/** Exports and erases an account's latest check-in. */
export function checkInKeeper({ checkIns }: Pick<CheckinNeeds, 'checkIns'>): AccountKeeper {
  return {
    sections: { checkIn: async (id) => whole([await checkIns.find(id)]) },
    erasures: { checkIn: inOneGo(({ id }) => checkIns.delete(id)) },
  };
}
