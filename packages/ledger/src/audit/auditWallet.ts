import type { Clock, IsoTime, Logger } from '@cloud-bridge/base';
import type { WalletAddress } from '../wallet.ts';
import {
  type AuditStore,
  type Checkpoint,
  type CheckpointName,
  holdDocumentsOf,
  type LedgerView,
  type NamedEntry,
} from './audit.store.ts';
import { counterDifferences, type Difference, differencesOf, holdDifferences, plain } from './audit.ts';
import { CounterReplay, type OpenDay } from './counterReplay.ts';
import { BrokenLedger, heldState, LedgerReplay } from './ledgerReplay.ts';

/** Limits of an audit; only tests change them. */
export interface AuditLimits {
  readonly entriesPerPage: number;
  /** A wallet with more open holds is skipped, because the audit keeps them all in memory. */
  readonly openHolds: number;
}

export const AUDIT_LIMITS: AuditLimits = { entriesPerPage: 500, openHolds: 200_000 };

/**
 * Milliseconds before a view is renewed. Firestore serves past states for an hour; a longer audit of a wallet takes a
 * new view, at most `MAX_VIEWS` times.
 */
const VIEW_AGE_MS = 30 * 60_000;
const MAX_VIEWS = 10;
/** Most differences in one report; a broken ledger can have any number of them. */
const MAX_REPORTED = 50;
const MAX_REPORTED_LENGTH = 2_000;

export interface AuditDeps {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: AuditLimits;
}

/** The way to audit a wallet: from its first entry, or from where its last audit ended. */
export interface AuditMode {
  readonly isFull: boolean;
  readonly roundStartedAt: IsoTime;
}

/** The result of a wallet's audit; `gone` if the wallet was deleted with all its entries. */
export type WalletVerdict = 'sound' | 'differs' | 'skipped' | 'gone';

/**
 * Rebuilds a wallet from its entries and compares the wallet, its holds and its counters with the stored ones. Reports
 * differences, and resolves an earlier report once the wallet is sound. Never repairs anything, because a person has to
 * understand a difference first.
 */
export async function auditWallet(deps: AuditDeps, path: string, mode: AuditMode): Promise<WalletVerdict> {
  const name: CheckpointName = mode.isFull ? 'full' : 'checkpoint';
  const stored = await deps.store.readCheckpoint(path, name);
  const from = mode.isFull && stored?.roundStartedAt !== mode.roundStartedAt ? null : stored;
  const look = new WalletLook(deps, path, from, async (state) => {
    const wasSound = from?.wasSound ?? false;
    await deps.store.writeCheckpoint(path, name, { roundStartedAt: mode.roundStartedAt, ...state, wasSound });
  });
  const outcome = await look.compare(mode.isFull);
  if (outcome === 'skipped' || outcome === 'gone') return outcome;
  if (outcome.length > 0) {
    await reportDifferences(deps, path, look.sequence, outcome);
    return 'differs';
  }
  await noteSound(deps, path, mode, look.state, from?.wasSound ? from.wallet.sequence : null);
  return 'sound';
}

/** Takes the account and wallet ids from the path, because the ids in the document may be wrong. */
function addressOf(path: string): WalletAddress {
  const [, accountId = '', , walletId = ''] = path.split('/');
  return { accountId, walletId };
}

/** Logs and stores a report on a wallet's differences. */
export async function reportDifferences(
  { store, clock, logger }: AuditDeps,
  path: string,
  sequence: unknown,
  differences: readonly Difference[],
): Promise<void> {
  const address = addressOf(path);
  logger.error('wallet differs from its ledger', {
    ...address,
    differences: differences.slice(0, MAX_REPORTED),
    differenceCount: differences.length,
  });
  await store.reportDifferences(path, address, {
    sequence: plain(sequence),
    foundAt: clock(),
    differences: differences
      .slice(0, MAX_REPORTED)
      .map((difference) => JSON.stringify(difference).slice(0, MAX_REPORTED_LENGTH)),
  });
}

/** @param soundAt the sequence up to which the wallet was known to be sound; null if that wasn't known */
async function noteSound(
  { store, clock, logger }: AuditDeps,
  path: string,
  { isFull, roundStartedAt }: AuditMode,
  state: LookState,
  soundAt: number | null,
): Promise<void> {
  const { wallet } = state;
  // A reported wallet loses its checkpoint, so a wallet with a sound checkpoint has no open report.
  if (isFull || soundAt === null) {
    const address = addressOf(path);
    if (await store.resolveReport(address, clock())) logger.info('wallet agrees with its ledger again', { ...address });
  }
  if (isFull || soundAt !== wallet.sequence) {
    await store.writeCheckpoint(path, 'checkpoint', { roundStartedAt, ...state, wasSound: true });
  }
  if (isFull) await store.deleteCheckpoint(path, 'full');
}

/** The rebuilt state, as a checkpoint stores it. */
type LookState = Pick<Checkpoint, 'wallet' | 'lastEntryId' | 'openHolds' | 'openDay'>;

/** The audit of one wallet. */
class WalletLook {
  readonly replay: LedgerReplay;
  readonly #days: CounterReplay;
  readonly #deps: AuditDeps;
  readonly #limits: AuditLimits;
  readonly #path: string;
  readonly #keep: (state: LookState) => Promise<void>;
  readonly #differences: Difference[] = [];
  #wallet: unknown = null;
  #isGone = false;

  /**
   * @param from where an earlier audit ended; null to begin with the first entry
   * @param keep stores the progress of the replay
   */
  constructor(deps: AuditDeps, path: string, from: LookState | null, keep: (state: LookState) => Promise<void>) {
    this.#deps = deps;
    this.#limits = deps.limits ?? AUDIT_LIMITS;
    this.#path = path;
    this.replay = new LedgerReplay(addressOf(path), from);
    this.#days = new CounterReplay(from && { openDay: from.openDay, after: from.wallet.updatedAt });
    this.#keep = keep;
  }

  get state(): LookState {
    const { wallet, lastEntryId, openHolds } = this.replay;
    return { wallet, lastEntryId, openHolds, openDay: this.#days.openDay };
  }

  /** The stored sequence of the wallet. */
  get sequence(): unknown {
    return this.#wallet === null ? null : (this.#wallet as Record<string, unknown>).sequence;
  }

  async compare(isFull: boolean): Promise<Difference[] | 'skipped' | 'gone'> {
    const view = await this.#replayAll();
    if (!view) return this.#skipped();
    this.#wallet = view.wallet;
    if (this.#isGone) return 'gone';
    // After an entry that doesn't follow, no further comparison means anything.
    if (this.#differences.some(({ field }) => field === 'entries')) return this.#differences;
    this.#add(differencesOf(view.wallet, this.replay.wallet));
    await this.#compareOpenHolds(view);
    const { openDay } = this.#days;
    if (openDay) await this.#compareDay(view, openDay);
    if (isFull) await this.#compareCount(view);
    return this.#differences;
  }

  /** Replays the new entries. Returns the view in which the replay reached the last entry; null if it never did. */
  async #replayAll(): Promise<LedgerView | null> {
    let pagesUnkept = 0;
    for (let views = 0; views < MAX_VIEWS; views += 1) {
      const begunAt = Date.parse(this.#deps.clock());
      const view = await this.#deps.store.view(this.#path);
      do {
        const isLast = await this.#replayPage(view);
        if (isLast) return view;
        if (this.replay.openHolds.size > this.#limits.openHolds) return null;
        pagesUnkept += 1;
        // A checkpoint with very many open holds is large, so it is written less often.
        if (pagesUnkept >= holdDocumentsOf(this.replay.openHolds.size) && this.#differences.length === 0) {
          await this.#keep(this.state);
          pagesUnkept = 0;
        }
      } while (Date.parse(this.#deps.clock()) - begunAt < VIEW_AGE_MS);
    }
    return null;
  }

  /** Replays a page of entries and compares the holds that it settles. Returns true for the last page. */
  async #replayPage(view: LedgerView): Promise<boolean> {
    const { replay } = this;
    const { lastEntryId } = replay;
    // The last known entry is read again; otherwise a second entry with the same sequence would never be found.
    const limit = this.#limits.entriesPerPage + Number(lastEntryId !== null);
    const page = await view.listEntries(replay.wallet.sequence, limit);
    this.#isGone = view.wallet === null && page.length === 0;
    if (lastEntryId !== null && !page.some(({ id }) => id === lastEntryId)) {
      return this.#breakAt(`entry ${lastEntryId} with sequence ${replay.wallet.sequence} is gone`);
    }
    try {
      for (const { id, entry } of page) {
        if (id === lastEntryId) continue;
        replay.apply(id, entry);
        this.#days.apply(entry);
      }
    } catch (error) {
      // This is a finding of the audit, not a failure.
      if (!(error instanceof BrokenLedger)) throw error;
      return this.#breakAt(error.message);
    }
    await this.#compareSettledHolds(view, page);
    for (const day of this.#days.takeFinished()) await this.#compareDay(view, day);
    return page.length < limit;
  }

  #breakAt(reason: string): true {
    this.#differences.push({ field: 'entries', stored: null, rebuilt: reason });
    return true;
  }

  async #compareSettledHolds(view: LedgerView, page: readonly NamedEntry[]): Promise<void> {
    const settled = this.replay.takeSettled();
    const stored = new Map(page.map(({ id, entry }) => [id, entry]));
    const missing = [...settled.keys()].filter((id) => !stored.has(id));
    for (const { id, entry } of await view.readEntries(missing)) stored.set(id, entry);
    for (const [id, state] of settled) this.#add(holdDifferences(id, stored.get(id) ?? null, state));
  }

  async #compareOpenHolds(view: LedgerView): Promise<void> {
    const unseen = new Map(this.replay.openHolds);
    for await (const { id, entry } of view.openHolds(this.#limits.entriesPerPage)) {
      const hold = unseen.get(id);
      unseen.delete(id);
      this.#add(holdDifferences(id, entry, hold ? heldState(hold) : null));
    }
    for (const [id, hold] of unseen) this.#add(holdDifferences(id, null, heldState(hold)));
  }

  async #compareDay(view: LedgerView, { day, counters }: OpenDay): Promise<void> {
    this.#add(counterDifferences(day, await view.readCounters(day), new Map(counters)));
  }

  async #compareCount(view: LedgerView): Promise<void> {
    const count = await view.countEntries();
    const { sequence } = this.replay.wallet;
    if (count !== sequence) this.#add([{ field: 'entryCount', stored: count, rebuilt: sequence }]);
  }

  /** Adds differences, up to a limit, and each field once: a settled hold that is stored as open would appear twice. */
  #add(differences: readonly Difference[]): void {
    for (const difference of differences) {
      if (this.#differences.length >= 2 * MAX_REPORTED) return;
      if (!this.#differences.some(({ field }) => field === difference.field)) this.#differences.push(difference);
    }
  }

  #skipped(): 'skipped' {
    this.#deps.logger.warn('wallet could not be audited', {
      ...addressOf(this.#path),
      sequence: this.replay.wallet.sequence,
      openHolds: this.replay.openHolds.size,
    });
    return 'skipped';
  }
}
