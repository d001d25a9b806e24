import type { Deps } from '../deps.ts';
import { runUnitOfWork } from '../shared/unitOfWork.ts';
import { lowBalanceEvent } from '../wallets/alertLevels.ts';
import { MAIN_WALLET_ID } from '../wallets/wallet.ts';
import { type AlertRule, type Alerts, levelsOf, lowFromTheStart, withRule } from './alerts.ts';

/**
 * Changes what an account is told of. The levels go into the main wallet in the same commit, so that the next commit of
 * the wallet knows them, in whatever process. A balance that is below a new level already is told at once.
 */
export async function changeAlerts(deps: Deps, accountId: string, rule: AlertRule): Promise<Alerts> {
  const now = deps.clock();
  return runUnitOfWork(deps.db, async (unit) => {
    const { wallet, writeLevels } = await deps.wallets.stageLevelsIn(
      unit,
      { accountId, walletId: MAIN_WALLET_ID },
      now,
    );
    const before = await deps.alerts.findIn(unit, accountId);
    const after = withRule(before, accountId, rule, now);
    // By the ledger: credits that have lapsed and are still in it are told of by the entry that takes them out.
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
