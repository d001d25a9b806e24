import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { idOf, named } from '../../platform/accountData/sections.ts';
import type { RefundsNeeds } from './needs.ts';

/** Exports an account's refunds. Refunds hold no personal data, so an erasure leaves them. */
export function refundsKeeper({ refunds }: Pick<RefundsNeeds, 'refunds'>): AccountKeeper {
  return {
    sections: { refunds: async (id, limit, after) => named(await refunds.listOf(id, limit, idOf(after))) },
  };
}
