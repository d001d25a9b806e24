import { FIVE_MINUTE_RUN, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { AutoTopUpsNeeds } from './needs.ts';
import { runAutoTopUp } from './runAutoTopUp.ts';

/**
 * Looks at every account that wants to be topped up: finds what no charge told of, and ends what a crash left open.
 * What the scheduled function does.
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
