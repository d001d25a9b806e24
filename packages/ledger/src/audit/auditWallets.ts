import { groupsOf, hasStatusCode, type IsoTime, isOutage } from '@cloud-bridge/base';
import type { AuditRound, AuditRoundName } from './audit.store.ts';
import { type AuditDeps, type AuditMode, auditWallet, reportDifferences, type WalletVerdict } from './auditWallet.ts';

const WALLETS_PER_PAGE = 50;
/** How many are looked at together: they mostly wait for Firestore. */
const WALLETS_AT_ONCE = 10;

/** How far a round came. */
export interface AuditResult {
  readonly startedAt: IsoTime;
  /** How many wallets this call has looked at; the other figures are of the whole round. */
  readonly lookedAtNow: number;
  readonly checkedWallets: number;
  readonly differingWallets: number;
  /** Those of which nothing can be said. */
  readonly skippedWallets: number;
  /** False when the budget ended first: the next call goes on from there. */
  readonly isComplete: boolean;
}

/**
 * Audits the wallets of all accounts, and goes on where an interrupted round of the same name stopped. A `full` round
 * begins each wallet with its first entry and also finds entries whose wallet is gone; the others go on from where the
 * last audit of the wallet ended.
 * @param maxWallets how many wallets this call may look at
 * @throws when Firestore can't be had
 */
export async function auditWallets(deps: AuditDeps, name: AuditRoundName, maxWallets: number): Promise<AuditResult> {
  let round: AuditRound = (await deps.store.readRound(name)) ?? {
    startedAt: deps.clock(),
    afterPath: null,
    checkedWallets: 0,
    differingWallets: 0,
    skippedWallets: 0,
  };
  const mode = { isFull: name === 'full', roundStartedAt: round.startedAt };
  for (let lookedAtNow = 0; ; ) {
    const limit = Math.min(WALLETS_PER_PAGE, maxWallets - lookedAtNow);
    if (limit <= 0) return { ...countsOf(round), lookedAtNow, isComplete: false };
    const page = await deps.store.listWallets(round.afterPath, limit);
    const orphans = mode.isFull ? await findOrphans(deps, round.afterPath, page) : [];
    for (const verdict of await auditAll(deps, [...orphans, ...page], mode)) round = addTo(round, verdict);
    lookedAtNow += orphans.length + page.length;
    round = { ...round, afterPath: page.at(-1) ?? null };
    await deps.store.writeRound(name, page.length > 0 ? round : null);
    if (page.length === 0) return { ...countsOf(round), lookedAtNow, isComplete: true };
  }
}

function countsOf({ startedAt, checkedWallets, differingWallets, skippedWallets }: AuditRound) {
  return { startedAt, checkedWallets, differingWallets, skippedWallets };
}

function addTo(round: AuditRound, verdict: WalletVerdict): AuditRound {
  return {
    ...round,
    checkedWallets: round.checkedWallets + Number(verdict === 'sound' || verdict === 'differs'),
    differingWallets: round.differingWallets + Number(verdict === 'differs'),
    skippedWallets: round.skippedWallets + Number(verdict === 'skipped'),
  };
}

/** Verdicts in the order of the paths. When Firestore can't be had, what was begun is ended before that is thrown. */
async function auditAll(deps: AuditDeps, paths: readonly string[], mode: AuditMode): Promise<WalletVerdict[]> {
  const verdicts: WalletVerdict[] = [];
  for (const group of groupsOf(paths, WALLETS_AT_ONCE)) {
    const audits = group.map((path) => auditOrReport(deps, path, mode));
    await Promise.allSettled(audits);
    verdicts.push(...(await Promise.all(audits)));
  }
  return verdicts;
}

/** One wallet must not keep the others from being audited, whatever is wrong with it. */
async function auditOrReport(deps: AuditDeps, path: string, mode: AuditMode): Promise<WalletVerdict> {
  try {
    return await auditWallet(deps, path, mode);
  } catch (error) {
    if (isOutage(error)) throw error;
    if (hasStatusCode(error)) {
      deps.logger.error('wallet could not be audited', { path, cause: String(error) });
      return 'skipped';
    }
    await reportDifferences(deps, path, null, [{ field: 'document', stored: String(error), rebuilt: null }]);
    return 'differs';
  }
}

/**
 * Wallets that are gone though entries are left: before, between and, after the last page, behind those that are there.
 */
async function findOrphans(deps: AuditDeps, afterPath: string | null, page: readonly string[]): Promise<string[]> {
  const ends: readonly (string | null)[] = page.length > 0 ? page : [null];
  const found = await Promise.all(
    ends.map(async (end, index) => {
      const orphans: string[] = [];
      let after = page[index - 1] ?? afterPath;
      for (;;) {
        after = await deps.store.findOrphan(after, end);
        if (after === null) return orphans;
        orphans.push(after);
      }
    }),
  );
  return found.flat();
}
