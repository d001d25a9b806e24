import { runUnitOfWork } from '@cloud-bridge/base';
import { type Entry, TEST_WALLET_ID, type Wallet, type WalletAddress, walletKey } from '@cloud-bridge/ledger';
import { monthReports } from './creditReport.ts';
import { type Figures, NO_FIGURES, plus } from './figures.ts';
import { type Month, monthlyChanges, type ReportedWallet, reportedWallet } from './monthlyChanges.ts';
import type { ReportsNeeds } from './needs.ts';

/** Wallets per commit; a commit has at most two writes per wallet, and some for months. */
const WALLETS_PER_PAGE = 100;
const ENTRIES_PER_PAGE = 300;

/**
 * Updates the credit report, wallet by wallet, continuing where the last call stopped. One commit adds a wallet's
 * figures and stores its reported state, so nothing counts twice, even with concurrent calls or after a crash. Returns
 * true when all wallets were reported.
 * @param maxWallets most wallets that this call reports
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

/** Adds wallets to the report as they were read; later entries are added in the next round. */
async function addToReport(deps: ReportsNeeds, wallets: readonly Wallet[]): Promise<void> {
  // Test wallets are left out: test credits cost nothing and buy nothing.
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
