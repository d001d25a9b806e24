import type { Deps } from '../deps.ts';
import { newEvent } from '../events/accountEvent.ts';
import type { IsoTime } from '../shared/time.ts';
import { runUnitOfWork } from '../shared/unitOfWork.ts';
import type { EntryKind } from '../wallets/entry.ts';
import { MAIN_WALLET_ID, spendableCredits } from '../wallets/wallet.ts';
import { type Alerts, type BalanceView, lookAt } from './alerts.ts';

/** Entries that lift a balance by what somebody gave or paid. */
const CREDIT_KINDS: readonly EntryKind[] = ['purchase', 'grant', 'reinstatement', 'adjustment'];

/**
 * Tells an account what its balance gives reason to: the events and the note that they were told are one commit, so that
 * every crossing is told once, by however many instances at once this is called.
 */
export async function runAlerts(deps: Deps, accountId: string): Promise<void> {
  const now = deps.clock();
  await runUnitOfWork(deps.db, async (unit) => {
    const before = await deps.alerts.findIn(unit, accountId);
    if (!before?.isWatched) return;
    // Read after the note: so nobody who tells of an older balance can write over what a newer one has told.
    const { after, news } = lookAt(before, await viewOf(deps, before, now), now);
    if (after === before) return;
    deps.alerts.writeIn(unit, after);
    for (const { type, occasion, data } of news) {
      deps.accountEvents.createIn(unit, newEvent({ accountId, type }, occasion, data, now));
    }
  });
}

async function viewOf(deps: Deps, { accountId, toldLevels, seenSequence }: Alerts, now: IsoTime): Promise<BalanceView> {
  const wallet = await deps.wallets.read({ accountId, walletId: MAIN_WALLET_ID }, now);
  const { sequence, lots } = wallet;
  const availableCredits = spendableCredits(wallet, now);
  const mayHaveRisen = toldLevels.length > 0 && sequence > seenSequence;
  const highestCredits = mayHaveRisen ? await highestSince(deps, accountId, seenSequence) : availableCredits;
  return { availableCredits, highestCredits, sequence, lots };
}

/** The balance after the latest credits of each kind since an entry: it may have been spent again by now. */
async function highestSince(deps: Deps, accountId: string, seenSequence: number): Promise<number> {
  const address = { accountId, walletId: MAIN_WALLET_ID };
  const latest = await Promise.all(CREDIT_KINDS.map((kind) => deps.wallets.listEntries(address, { kind, limit: 1 })));
  const since = latest.flat().filter(({ sequence }) => sequence > seenSequence);
  return Math.max(Number.MIN_SAFE_INTEGER, ...since.map(({ balanceAfterCredits }) => balanceAfterCredits));
}
