import { FIVE_MINUTE_RUN, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { AutoTopUpsNeeds } from './needs.ts';
import { runAutoTopUp } from './runAutoTopUp.ts';

/**
 * Checks all accounts with automatic top-up, for the scheduled function: finds low balances whose trigger was lost, and
 * finishes orders that a crash left open.
 */
export async function sweepAutoTopUps(
  deps: AutoTopUpsNeeds,
  limits: Partial<RunLimits> = FIVE_MINUTE_RUN,
): Promise<void> {
  await workThrough(
    deps,
    {
      name: 'sweepAutoTopUps',
      list: async (after: string | null, limit) =>
        pageOf(await deps.autoTopUps.listWatched(after, limit), limit, String),
      settle: async (accountId) => {
        await runAutoTopUp(deps, accountId);
        return true;
      },
      cursorAfter: String,
      complaint: 'automatic top-up could not be made',
      nameOf: (accountId) => ({ accountId }),
    },
    { concurrency: 20, ...limits },
  );
}
