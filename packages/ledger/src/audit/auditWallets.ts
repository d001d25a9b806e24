import { groupsOf, hasStatusCode, type IsoTime, isOutage } from '@cloud-bridge/base';
import type { AuditRound, AuditRoundName } from './audit.store.ts';
import { type AuditDeps, type AuditMode, auditWallet, reportDifferences, type WalletVerdict } from './auditWallet.ts';

const WALLETS_PER_PAGE = 50;
/** Wallets that are audited at the same time; an audit mostly waits for Firestore. */
const WALLETS_AT_ONCE = 10;

/** The progress of an audit round. */
export interface AuditResult {
  readonly startedAt: IsoTime;
  /** Wallets that this call has audited; the other figures cover the whole round. */
  readonly lookedAtNow: number;
  readonly checkedWallets: number;
  readonly differingWallets: number;
  /** Wallets that could not be audited. */
  readonly skippedWallets: number;
  /** False when the call reached `maxWallets` first; the next call continues from there. */
  readonly isComplete: boolean;
}

/**
 * Audits the wallets of all accounts, continuing an interrupted round of the same name. A `full` round begins each
 * wallet with its first entry, and also finds entries whose wallet is missing; other rounds continue from where the
 * last audit of each wallet ended.
 * @param maxWallets most wallets that this call audits
 * @throws an Error when Firestore is unavailable
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

/**
 * Returns verdicts in the order of the paths. If Firestore is unavailable, waits for the audits that have begun and
 * then throws.
 */
async function auditAll(deps: AuditDeps, paths: readonly string[], mode: AuditMode): Promise<WalletVerdict[]> {
  const verdicts: WalletVerdict[] = [];
  for (const group of groupsOf(paths, WALLETS_AT_ONCE)) {
    const audits = group.map((path) => auditOrReport(deps, path, mode));
    await Promise.allSettled(audits);
    verdicts.push(...(await Promise.all(audits)));
  }
  return verdicts;
}

/** Audits one wallet; a broken wallet becomes a report, so that it doesn't stop the audit of the others. */
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
 * Finds paths of missing wallets that still have entries: before and between the wallets of the page, and after the
 * last wallet of all.
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
