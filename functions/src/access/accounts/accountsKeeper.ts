import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { AccountKeeper } from './accountKeeper.ts';
import type { AccountsNeeds } from './needs.ts';

/** Keeps the account itself and its user in Firebase Auth. */
export function accountsKeeper({ accounts, users }: Pick<AccountsNeeds, 'accounts' | 'users'>): AccountKeeper {
  return {
    sections: { profile: async (id) => whole([await accounts.find(id)]) },
    erasures: {
      email: inOneGo(({ id }) => accounts.erasePersonalData(id)),
      user: inOneGo(({ id }) => users.delete(id)),
    },
  };
}
