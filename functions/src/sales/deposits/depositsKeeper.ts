import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { DepositsNeeds } from './needs.ts';

/** Exports and erases an account's deposit address. */
export function depositsKeeper({ deposits }: Pick<DepositsNeeds, 'deposits'>): AccountKeeper {
  return {
    sections: { depositAddress: async (id) => whole([await deposits.findAddress(id)]) },
    erasures: { depositAddress: inOneGo(({ id }) => deposits.deleteAddress(id)) },
  };
}
