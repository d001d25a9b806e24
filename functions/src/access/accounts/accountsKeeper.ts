import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { AccountKeeper } from './accountKeeper.ts';
import type { AccountsNeeds } from './needs.ts';

/** Creates the keeper of accounts: exports the profile, erases personal data and the user in Firebase Auth. */
export function accountsKeeper({ accounts, users }: Pick<AccountsNeeds, 'accounts' | 'users'>): AccountKeeper {
  return {
    sections: { profile: async (id) => whole([await accounts.find(id)]) },
    erasures: {
      email: inOneGo(({ id }) => accounts.erasePersonalData(id)),
      user: inOneGo(({ id }) => users.delete(id)),
    },
  };
}
