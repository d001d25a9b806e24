import { runUnitOfWork } from '@cloud-bridge/base';
import { type Entry, TEST_WALLET_ID, type Wallet, type WalletAddress, walletKey } from '@cloud-bridge/ledger';
import { monthReports } from './creditReport.ts';
import { type Figures, NO_FIGURES, plus } from './figures.ts';
import { type Month, monthlyChanges, type ReportedWallet, reportedWallet } from './monthlyChanges.ts';
import type { ReportsNeeds } from './needs.ts';

/** One commit holds two writes for each wallet at most, and some months. */
const WALLETS_PER_PAGE = 100;
const ENTRIES_PER_PAGE = 300;

/**
 * Brings the report of credits up to date, wallet by wallet, and goes on where the last call stopped. What of a wallet
 * is in the report is written in the commit that adds it, so that nothing counts twice, whoever runs at the same time
 * or dies in between. Says whether it came to the end of all wallets.
 * @param maxWallets how many wallets this call may look at
 */
export async function reportCredits(deps: ReportsNeeds, maxWallets: number): Promise<boolean> {
  const before = await deps.reports.readProgress();
  const startedAt = before.startedAt ?? deps.clock();
  let progress = { ...before, startedAt };
  for (let seen = 0; seen < maxWallets; ) {
    const limit = Math.min(WALLETS_PER_PAGE, maxWallets - seen);
    const wallets = await deps.wallets.listEverywhere(progress.after, limit);
    await addToReport(deps, wallets);
    seen += wallets.length;
    const last = wallets.at(-1);
    if (!last || wallets.length < limit) {
      await deps.reports.writeProgress({ startedAt: null, after: null, completeUntil: startedAt });
      await complainOfDifferences(deps);
      return true;
    }
    progress = { ...progress, after: addressOf(last) };
    await deps.reports.writeProgress(progress);
  }
  return false;
}

function addressOf({ accountId, id: walletId }: Wallet): WalletAddress {
  return { accountId, walletId };
}

/** What was read of the wallets stays as it was read: what has been posted since is for the next round. */
async function addToReport(deps: ReportsNeeds, wallets: readonly Wallet[]): Promise<void> {
  // Test credits cost nothing and buy nothing.
  const concerned = wallets.filter(({ id, sequence }) => id !== TEST_WALLET_ID && sequence > 0);
  if (concerned.length === 0) return;
  await runUnitOfWork(deps.db, async (unit) => {
    const reported = await deps.reports.reportedIn(unit, concerned.map(addressOf));
    const sums = new Map<Month, Figures>();
    const news: { address: WalletAddress; before: ReportedWallet | null; next: ReportedWallet }[] = [];
    for (const wallet of concerned) {
      const address = addressOf(wallet);
      const before = reported.get(walletKey(address)) ?? null;
      if (before && before.sequence >= wallet.sequence) continue;
      const changes = await monthlyChanges(before, wallet, (sequence) => entriesAfter(deps, address, sequence));
      for (const [month, figures] of changes) sums.set(month, plus(sums.get(month) ?? NO_FIGURES, figures));
      news.push({ address, before, next: reportedWallet(wallet) });
    }
    const writeMonths = await deps.reports.stageMonths(unit, sums);
    for (const { address, before, next } of news) deps.reports.writeReportedIn(unit, address, before, next);
    writeMonths();
  });
}

async function* entriesAfter(deps: ReportsNeeds, address: WalletAddress, sequence: number): AsyncGenerator<Entry> {
  let after = sequence;
  for (;;) {
    const entries = await deps.wallets.listEntriesAfter(address, after, ENTRIES_PER_PAGE);
    yield* entries;
    const last = entries.at(-1);
    if (!last || entries.length < ENTRIES_PER_PAGE) return;
    after = last.sequence;
  }
}

async function complainOfDifferences(deps: ReportsNeeds): Promise<void> {
  for (const { month, differenceCredits } of monthReports(await deps.reports.listMonths())) {
    if (differenceCredits !== 0) deps.logger.error('the report does not balance', { month, differenceCredits });
  }
}
