import { ERASED_AT_ONCE } from '../../platform/accountData/erasures.ts';
import type { Keeper } from '../../platform/accountData/keeper.ts';
import { timed, timeOf } from '../../platform/accountData/sections.ts';
import type { IntegrationsNeeds } from './needs.ts';

/** Creates the keeper of integrations: exports them, and erases their names. */
export function integrationsKeeper({ integrations }: Pick<IntegrationsNeeds, 'integrations'>) {
  return {
    sections: {
      integrations: async (id, limit, after) => timed(await integrations.listAll(id, limit, timeOf(after)?.id), limit),
    },
    erasures: {
      integrations: ({ id }, after) => integrations.eraseNames(id, ERASED_AT_ONCE, after),
    },
  } satisfies Keeper;
}
