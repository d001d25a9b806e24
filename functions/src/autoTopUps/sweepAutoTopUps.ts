import type { Deps } from '../deps.ts';
import { runAutoTopUp } from './runAutoTopUp.ts';

/** Accounts that are looked at at once. */
const PAGE_SIZE = 20;

/** Looks at every account that wants to be topped up: finds what no charge told of, and ends what a crash left open. */
export async function sweepAutoTopUps(deps: Deps): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const accountIds: string[] = await deps.autoTopUps.listWatched(after, PAGE_SIZE);
    await Promise.all(accountIds.map((accountId) => runOrLog(deps, accountId)));
    after = accountIds.at(-1) ?? null;
    if (accountIds.length < PAGE_SIZE) return;
  }
}

/** One account's trouble is not another's. */
async function runOrLog(deps: Deps, accountId: string): Promise<void> {
  try {
    await runAutoTopUp(deps, accountId);
  } catch (error) {
    deps.logger.error('automatic top-up could not be made', { accountId, cause: String(error) });
  }
}
