import { runUnitOfWork } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import { lowBalanceEvent } from '../events/crossingEvents.ts';
import { type AlertRule, type Alerts, levelsOf, lowFromTheStart, withRule } from './alerts.ts';
import type { AlertsNeeds } from './needs.ts';

/**
 * Sets an account's alert rule. Writes the levels into the main wallet in the same commit, so that the wallet's next
 * commit knows them, in whichever process. Creates an event for each new level that the balance is already below.
 */
export async function changeAlerts(deps: AlertsNeeds, accountId: string, rule: AlertRule): Promise<Alerts> {
  const now = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const { wallet, writeLevels } = await deps.wallets.stageLevelsIn(
      unit,
      { accountId, walletId: MAIN_WALLET_ID },
      now,
    );
    const before = await deps.alerts.findIn(unit, accountId);
    const after = withRule(before, accountId, rule, now);
    // The ledger's balance still includes credits that have expired without an entry yet. The entry that removes
    // them raises the alert.
    const { availableCredits } = wallet;
    writeLevels(levelsOf(rule));
    if (before) deps.alerts.writeIn(unit, after);
    else deps.alerts.createIn(unit, after);
    for (const level of lowFromTheStart(before, rule, availableCredits)) {
      const occasion = ['rule', String(after.changeCount)];
      deps.accountEvents.createIn(unit, lowBalanceEvent(accountId, level, occasion, availableCredits, now));
    }
    return after;
  });
}
