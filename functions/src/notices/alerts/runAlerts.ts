import { runUnitOfWork } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import { newEvent } from '../events/accountEvent.ts';
import { levelsOf, lookAtLapses } from './alerts.ts';
import type { AlertsNeeds } from './needs.ts';

/**
 * Creates events for an account's credits that expire soon. One commit holds the events and the note that the account
 * was told, so each event is created once even when several instances run at the same time. Falling below a level is a
 * matter of the ledger's commits; this function copies the rule's levels into the wallet for rules that were set before
 * wallets held levels.
 */
export async function runAlerts(deps: AlertsNeeds, accountId: string): Promise<void> {
  const now = deps.clock();
  await runUnitOfWork(deps.db, async (unit) => {
    const address = { accountId, walletId: MAIN_WALLET_ID };
    // The wallet is read before the rule: a change of the rule in between also writes the wallet, so this commit fails.
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
