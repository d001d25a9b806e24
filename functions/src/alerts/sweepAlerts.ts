import type { Deps } from '../deps.ts';
import { runAlerts } from './runAlerts.ts';

/** Accounts that are looked at at once. */
const PAGE_SIZE = 20;

/** Looks at every account that wants to be told of its balance: finds what only time brings. */
export async function sweepAlerts(deps: Deps): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const accountIds: string[] = await deps.alerts.listWatched(after, PAGE_SIZE);
    await Promise.all(accountIds.map((accountId) => runOrLog(deps, accountId)));
    after = accountIds.at(-1) ?? null;
    if (accountIds.length < PAGE_SIZE) return;
  }
}

/** One account's trouble is not another's. */
async function runOrLog(deps: Deps, accountId: string): Promise<void> {
  try {
    await runAlerts(deps, accountId);
  } catch (error) {
    deps.logger.error('alerts could not be looked at', { accountId, cause: String(error) });
  }
}
