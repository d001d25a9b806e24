import { ERASED_SINGLY, stepAfter, timeOfStep } from '../../platform/accountData/erasures.ts';
import type { Keeper } from '../../platform/accountData/keeper.ts';
import { timed, timeOf } from '../../platform/accountData/sections.ts';
import type { ApiKeysNeeds } from './needs.ts';

/** Creates the keeper of API keys: exports the keys; an erasure revokes them and erases their names and IP lists. */
export function apiKeysKeeper({ apiKeys, clock }: Pick<ApiKeysNeeds, 'apiKeys' | 'clock'>) {
  return {
    sections: {
      apiKeys: async (id, limit, after) => timed(await apiKeys.list(id, limit, timeOf(after)), limit),
    },
    erasures: {
      // The owner wrote the key's name, and the IP list shows where the owner is.
      keys: async ({ id: accountId }, after) => {
        const now = clock();
        const page = await apiKeys.list(accountId, ERASED_SINGLY, timeOfStep(after));
        for (const { id } of page) {
          const erased = { name: 'erased', allowedIps: null };
          await apiKeys.change(accountId, id, (key) => ({ revokedAt: key.revokedAt ?? now, ...erased }));
        }
        return stepAfter(page, ERASED_SINGLY);
      },
    },
  } satisfies Keeper;
}
