import { runUnitOfWork } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import { newEvent } from '../events/accountEvent.ts';
import { levelsOf, lookAtLapses } from './alerts.ts';
import type { AlertsNeeds } from './needs.ts';

/**
 * Tells an account of credits that are about to lapse: the events and the note that they were told are one commit, so
 * that they are told once, by however many instances at once this is called. Crossings of levels are told by the
 * commits that cross; for that, the levels of a rule which is older than this way of telling are put into the wallet
 * here.
 */
export async function runAlerts(deps: AlertsNeeds, accountId: string): Promise<void> {
  const now = deps.clock();
  await runUnitOfWork(deps.db, async (unit) => {
    const address = { accountId, walletId: MAIN_WALLET_ID };
    // Read before the rule: whoever changes the rule meanwhile writes the wallet, and this commit fails.
    const { wallet, writeLevels } = await deps.wallets.stageLevelsIn(unit, address, now);
    const before = await deps.alerts.findIn(unit, accountId);
    if (!before?.isWatched) return;
    writeLevels(levelsOf(before));
    const { after, news } = lookAtLapses(before, wallet.lots, now);
    if (after === before) return;
    deps.alerts.writeIn(unit, after);
    for (const { occasion, data } of news) {
      deps.accountEvents.createIn(unit, newEvent({ accountId, type: 'credits.expiring' }, occasion, data, now));
    }
  });
}
