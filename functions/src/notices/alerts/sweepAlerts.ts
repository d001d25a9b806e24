import { FIVE_MINUTE_RUN, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { AlertsNeeds } from './needs.ts';
import { runAlerts } from './runAlerts.ts';

/**
 * Looks at every account that wants to be told of its balance: finds what only time brings.
 * What the scheduled function does.
 */
export async function sweepAlerts(deps: AlertsNeeds, limits: Partial<RunLimits> = FIVE_MINUTE_RUN): Promise<void> {
  await workThrough(
    deps,
    {
      name: 'sweepAlerts',
      list: async (after: string | null, limit) => pageOf(await deps.alerts.listWatched(after, limit), limit, String),
      settle: async (accountId) => {
        await runAlerts(deps, accountId);
        return true;
      },
      cursorAfter: String,
      complaint: 'alerts could not be looked at',
      nameOf: (accountId) => ({ accountId }),
    },
    { concurrency: 20, ...limits },
  );
}
