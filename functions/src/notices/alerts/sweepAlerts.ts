import { FIVE_MINUTE_RUN, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { AlertsNeeds } from './needs.ts';
import { runAlerts } from './runAlerts.ts';

/** Checks every account with alerts for credits that have come close to their expiry. Runs on a schedule. */
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
      complaint: 'alerts could not be checked',
      nameOf: (accountId) => ({ accountId }),
    },
    { concurrency: 20, ...limits },
  );
}
