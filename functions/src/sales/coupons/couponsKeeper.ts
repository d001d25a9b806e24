import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { idOf, named } from '../../platform/accountData/sections.ts';
import type { CouponsNeeds } from './needs.ts';

/** Exports which coupons an account used. That says nothing about the owner, so an erasure leaves it. */
export function couponsKeeper({ coupons }: Pick<CouponsNeeds, 'coupons'>): AccountKeeper {
  return {
    sections: { couponUses: async (id, limit, after) => named(await coupons.listUses(id, limit, idOf(after))) },
  };
}
