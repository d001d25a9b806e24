import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { AutoTopUpsNeeds } from './needs.ts';

/** Exports and erases an account's automatic top-up. An order in flight blocks the account's deletion. */
export function autoTopUpsKeeper({ autoTopUps }: Pick<AutoTopUpsNeeds, 'autoTopUps'>): AccountKeeper {
  return {
    blockers: async (accountId) => {
      const autoTopUp = await autoTopUps.find(accountId);
      return autoTopUp?.inFlight ? [{ kind: 'autoTopUp' } as const] : [];
    },
    sections: { autoTopUp: async (id) => whole([await autoTopUps.find(id)]) },
    erasures: { autoTopUp: inOneGo(({ id }) => autoTopUps.delete(id)) },
  };
}
