import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { applyEntry, DoesNotFollow, emptyWallet, type Wallet } from '../wallets/wallet.ts';
import type { AuditedWallet, AuditRound, AuditStore } from './audit.store.ts';
import { type Difference, differencesOf } from './audit.ts';

const WALLETS_PER_PAGE = 50;
const ENTRIES_PER_PAGE = 500;
/** A wallet that changes while it is audited is looked at again so many times, and then left for the next round. */
const MAX_LOOKS = 3;

export interface AuditDeps {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How far an audit came. */
export interface AuditResult {
  readonly checkedWallets: number;
  readonly differingWallets: number;
  /** False when the budget ended first: the next call goes on from there. */
  readonly isComplete: boolean;
}

/**
 * Rebuilds wallets from their entries, each from where the last audit of it ended, and reports those that differ.
 * It never repairs: a difference is somebody's to understand first. Goes on where an interrupted round stopped.
 * @param maxWallets how many wallets this call may look at
 */
export async function auditWallets(deps: AuditDeps, maxWallets: number): Promise<AuditResult> {
  let round: AuditRound = (await deps.store.readRound()) ?? {
    startedAt: deps.clock(),
    afterPath: null,
    checkedWallets: 0,
    differingWallets: 0,
  };
  for (let looked = 0; looked < maxWallets; ) {
    const page = await deps.store.listWallets(round.afterPath, Math.min(WALLETS_PER_PAGE, maxWallets - looked));
    for (const wallet of page) round = addTo(round, wallet, await auditWallet(deps, wallet));
    looked += page.length;
    if (page.length === 0) {
      await deps.store.writeRound(null);
      return { ...countsOf(round), isComplete: true };
    }
    await deps.store.writeRound(round);
  }
  return { ...countsOf(round), isComplete: false };
}

function addTo(round: AuditRound, { path }: AuditedWallet, differences: readonly Difference[]): AuditRound {
  return {
    ...round,
    afterPath: path,
    checkedWallets: round.checkedWallets + 1,
    differingWallets: round.differingWallets + Number(differences.length > 0),
  };
}

function countsOf({ checkedWallets, differingWallets }: AuditRound) {
  return { checkedWallets, differingWallets };
}

/** Audits one wallet; nothing when it is sound, or too busy to tell now. */
async function auditWallet(deps: AuditDeps, listed: AuditedWallet): Promise<Difference[]> {
  let current = listed;
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const outcome = await compare(deps.store, current);
    const afterwards = await deps.store.readWallet(current.path);
    // Holds and entries were read after the wallet: they belong together only if it hasn't changed meanwhile.
    if (!afterwards.updateTime.isEqual(current.updateTime)) {
      current = afterwards;
      continue;
    }
    if (outcome.differences.length === 0) await deps.store.writeCheckpoint(current.path, outcome.rebuilt);
    else await report(deps, current.wallet, outcome.differences);
    return outcome.differences;
  }
  deps.logger.info('wallet too busy to audit', { accountId: listed.wallet.accountId, walletId: listed.wallet.id });
  return [];
}

async function compare(
  store: AuditStore,
  { path, wallet }: AuditedWallet,
): Promise<{ rebuilt: Wallet; differences: Difference[] }> {
  let rebuilt = (await store.readCheckpoint(path)) ?? emptyWallet(wallet.accountId, wallet.id, wallet.createdAt);
  try {
    while (rebuilt.sequence < wallet.sequence) {
      const entries = await store.listEntries(path, rebuilt.sequence, wallet.sequence, ENTRIES_PER_PAGE);
      if (entries.length === 0) break;
      rebuilt = entries.reduce(applyEntry, rebuilt);
    }
  } catch (error) {
    // An entry that doesn't follow from those before it is a finding, not a failure of the audit.
    if (!(error instanceof DoesNotFollow)) throw error;
    return { rebuilt, differences: [{ field: 'entries', stored: null, rebuilt: error.message }] };
  }
  return { rebuilt, differences: differencesOf(wallet, rebuilt, await store.sumOpenHolds(path)) };
}

async function report(deps: AuditDeps, wallet: Wallet, differences: readonly Difference[]): Promise<void> {
  deps.logger.error('wallet differs from its ledger', {
    accountId: wallet.accountId,
    walletId: wallet.id,
    differences,
  });
  await deps.store.reportDifferences(wallet, differences, deps.clock());
}
