import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { ERASED_AT_ONCE } from '../../platform/accountData/erasures.ts';
import { timed, timeOf } from '../../platform/accountData/sections.ts';
import type { DeliveriesNeeds } from './needs.ts';

/** Exports an account's deliveries; an erasure removes their recipients and results. */
export function deliveriesKeeper({ deliveries }: Pick<DeliveriesNeeds, 'deliveries'>): AccountKeeper {
  return {
    sections: {
      deliveries: async (id, limit, after) => timed(await deliveries.list(id, {}, limit, timeOf(after)), limit),
    },
    erasures: {
      deliveries: ({ id }, after) => deliveries.eraseTexts(id, ERASED_AT_ONCE, after),
    },
  };
}
