import {
  AppError,
  atMost,
  backOff,
  isLostRace,
  mayBeRetried,
  TookTooLong,
  TransactionUnit,
  type UnitOfWork,
  within,
} from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import {
  assertAmount,
  type CommandResult,
  decidesOnWalletAlone,
  entriesToRead,
  estimateBytes,
  resultOf,
  type WalletCommand,
} from './commands.ts';
import { Contention } from './contention.ts';
import { type Decision, decide, type LedgerView } from './decide.ts';
import type { Entry } from './entry.ts';
import { waitedTooLong, walletBusy, walletQueueFull } from './ledger.errors.ts';
import { type StoredLedger, toWrite, type WalletStore } from './ledger.store.ts';
import { DoesNotFollow, type WalletAddress } from './wallet.ts';
import { type HoldMemory, WalletMemory } from './walletMemory.ts';

/** Most commands in one commit. */
const MAX_COMMANDS_PER_COMMIT = 400;
/** Largest commit, in bytes: a fifth of Firestore's 10 MiB request limit and half of the emulator's. */
const MAX_BYTES_PER_COMMIT = 2_000_000;
/** Most commands that wait for one wallet: at a few thousand per second they settle within seconds. */
const MAX_WAITING_COMMANDS = 10_000;
/** Optimistic attempts before a wallet is written in a transaction, whose locks make waiting fair. */
const MAX_OPTIMISTIC_TRIES = 24;
/**
 * Milliseconds to settle a commit. The SDK repeats a call for minutes when the server is unreachable, but a function's
 * caller gives up after one minute.
 */
const MAX_SETTLING_MS = 30_000;
/**
 * Milliseconds after which waiting commands are refused, so that waiting plus settling stays under a function's 60 s.
 */
const MAX_WAITING_MS = 20_000;
/** Open holds that a process remembers, over all its wallets. */
export const MAX_REMEMBERED_HOLDS = 10_000;

interface Job {
  readonly submittedAtMs: number;
  readonly command: WalletCommand;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = { readonly result: CommandResult } | { readonly refusal: unknown };

/** The state that commands are decided on. */
interface Sight {
  readonly ledger: StoredLedger;
  /** False if the commands' own entries are assumed to be new and the wallet may be outdated. */
  readonly isWhole: boolean;
}

/**
 * Settles all commands of this process on one wallet. Commands that arrive during a commit are settled together by the
 * next commit. Each caller is answered only after the commit that contains its command.
 */
export class WalletWriter {
  readonly #db: Firestore;
  readonly #store: WalletStore;
  readonly #address: WalletAddress;
  readonly #memory: WalletMemory;
  readonly #optimisticTries: number;
  readonly #contention = new Contention();
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;

  constructor(
    db: Firestore,
    store: WalletStore,
    address: WalletAddress,
    holds: HoldMemory = new LRUCache(atMost(MAX_REMEMBERED_HOLDS)),
    optimisticTries = MAX_OPTIMISTIC_TRIES,
  ) {
    this.#db = db;
    this.#store = store;
    this.#address = address;
    this.#memory = new WalletMemory(address, holds);
    this.#optimisticTries = optimisticTries;
  }

  /**
   * Settles one command. Rejects with the command's refusal, or with `WALLET_BUSY` when the queue is full or the
   * outcome stays unknown.
   * @throws WALLET_BUSY
   */
  submit<C extends WalletCommand>(command: C): Promise<CommandResult<C>> {
    if (this.#waiting.length >= MAX_WAITING_COMMANDS) return Promise.reject(walletQueueFull());
    return new Promise((resolve, reject) => {
      assertAmount(command);
      const answer = (result: CommandResult) => resolve(resultOf(command, result));
      this.#waiting.push({ submittedAtMs: performance.now(), command, resolve: answer, reject });
      this.#running ??= this.#run();
    });
  }

  /** True for an open hold of this wallet that this process remembers. */
  remembersHold(chargeId: string): boolean {
    return this.#memory.hasHold(chargeId);
  }

  /** True when no command waits or is being settled. */
  get isIdle(): boolean {
    return this.#running === null;
  }

  /** Resolves when every command submitted so far has been answered. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Requests that are just arriving share the commit; a lone request waits for one turn of the event loop only.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#settle(this.#takeJobs());
      const pauseMs = this.#contention.pauseMs(Math.random());
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.#running = null;
  }

  /** Takes as many waiting commands as fit into one commit; refuses those that waited too long. */
  #takeJobs(): Job[] {
    let count = 0;
    for (let bytes = 0; count < Math.min(this.#waiting.length, MAX_COMMANDS_PER_COMMIT); count += 1) {
      bytes += estimateBytes(this.#waiting[count]?.command);
      if (count > 0 && bytes > MAX_BYTES_PER_COMMIT) break;
    }
    const latest = performance.now() - MAX_WAITING_MS;
    return this.#waiting.splice(0, count).filter(({ submittedAtMs, reject }) => {
      if (submittedAtMs < latest) reject(waitedTooLong());
      return submittedAtMs >= latest;
    });
  }

  async #settle(jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    const commands = jobs.map((job) => job.command);
    try {
      const outcomes = await within(MAX_SETTLING_MS, (signal) => this.#commitSomehow(commands, signal));
      for (const [index, outcome] of outcomes.entries()) {
        if ('result' in outcome) jobs[index]?.resolve(outcome.result);
        else jobs[index]?.reject(outcome.refusal);
      }
    } catch (error) {
      this.#memory.forget();
      const isUnknown = mayBeRetried(error) || error instanceof TookTooLong;
      // A command that Firestore refuses must not fail the commands beside it.
      if (jobs.length > 1 && !isUnknown) {
        for (const job of jobs) await this.#settle([job]);
      } else {
        for (const job of jobs) job.reject(isUnknown ? walletBusy(error) : error);
      }
    }
  }

  /**
   * Commits commands. The first attempt uses the remembered state without a read; after a lost race the wallet is read.
   * When that isn't enough (a used key, a refusal, an unknown outcome), all entries of the commands are read too.
   */
  async #commitSomehow(commands: readonly WalletCommand[], signal: AbortSignal): Promise<Outcome[]> {
    let needsAll = false;
    let next: Promise<Sight> | null = this.#recall(commands);
    let replaced: StoredLedger['updateTime'] | undefined;
    for (let tries = 0; tries < this.#optimisticTries; tries += 1) {
      signal.throwIfAborted();
      try {
        let sight: Sight | null = await next;
        next = null;
        // The read ahead may have run before the faster process committed.
        if (sight && isSameVersion(sight.ledger.updateTime, replaced)) sight = null;
        const { ledger, isWhole } = sight ?? (await this.#look(commands, needsAll));
        replaced = ledger.updateTime;
        const decided = decideAll(ledger, commands);
        // A refusal must rest on state that was read, not on remembered state.
        if (!isWhole && decided.outcomes.some((outcome) => 'refusal' in outcome)) {
          needsAll = true;
          continue;
        }
        const startedAt = performance.now();
        const committing = this.#commit(ledger, decided);
        if (this.#contention.isFierce) next = this.#lookAhead(commands, isWhole);
        const outcomes = await committing;
        this.#contention.landed(performance.now() - startedAt, tries);
        return outcomes;
      } catch (error) {
        // Figures that don't fit together were read at different moments; at last a transaction decides.
        if (!mayBeRetried(error) && !(error instanceof DoesNotFollow)) throw error;
        this.#memory.forget();
        if (isLostRace(error)) {
          this.#contention.lost();
        } else {
          needsAll = true;
          next = null;
          await backOff(tries);
        }
      }
    }
    signal.throwIfAborted();
    return this.#commitInTransaction(commands);
  }

  /** Returns the remembered state; null when other processes probably changed it. */
  #recall(commands: readonly WalletCommand[]): Promise<Sight> | null {
    const ledger = this.#contention.isLikely ? null : this.#memory.recall(commands);
    return ledger && Promise.resolve({ ledger, isWhole: false });
  }

  async #look(commands: readonly WalletCommand[], needsAll: boolean, unit?: UnitOfWork): Promise<Sight> {
    const isWhole = needsAll || !commands.every(decidesOnWalletAlone);
    const ids = isWhole ? commands.flatMap(entriesToRead) : [];
    const ledger = await this.#store.readLedger(this.#address, ids, commands[0]?.now ?? '', unit);
    return { ledger, isWhole };
  }

  /** Starts a read while a commit is under way that other processes will probably have overtaken. */
  #lookAhead(commands: readonly WalletCommand[], needsAll: boolean): Promise<Sight> {
    const sight = this.#look(commands, needsAll);
    // The read is awaited only if the commit fails.
    sight.catch(() => {});
    return sight;
  }

  async #commit(ledger: StoredLedger, { outcomes, decisions }: Decided): Promise<Outcome[]> {
    const write = toWrite(ledger, decisions);
    if (write) this.#memory.committed(write, await this.#store.commit(this.#address, write));
    else this.#memory.saw(ledger);
    return outcomes;
  }

  #commitInTransaction(commands: readonly WalletCommand[]): Promise<Outcome[]> {
    return this.#db.runTransaction(async (transaction) => {
      const unit = new TransactionUnit(transaction);
      const { ledger } = await this.#look(commands, true, unit);
      const { outcomes, decisions } = decideAll(ledger, commands);
      const write = toWrite(ledger, decisions);
      if (write) this.#store.commitIn(unit, this.#address, write);
      return outcomes;
    });
  }
}

/** True for equal versions, and for a wallet that didn't exist either time. */
function isSameVersion(a: StoredLedger['updateTime'], b: StoredLedger['updateTime'] | undefined): boolean {
  return a && b ? a.isEqual(b) : a === b;
}

interface Decided {
  readonly outcomes: Outcome[];
  readonly decisions: Decision[];
}

/**
 * Decides commands in order, each on the state that the commands before it left. A refusal doesn't affect the others.
 */
function decideAll(ledger: LedgerView, commands: readonly WalletCommand[]): Decided {
  const entries = new Map<string, Entry | null>(ledger.entries);
  let { wallet } = ledger;
  const outcomes: Outcome[] = [];
  const decisions: Decision[] = [];
  for (const command of commands) {
    try {
      const decision = decide({ wallet, entries }, command);
      wallet = decision.wallet;
      for (const entry of decision.created) entries.set(entry.id, entry);
      if (decision.updated) entries.set(decision.updated.id, decision.updated);
      decisions.push(decision);
      outcomes.push({ result: decision.result });
    } catch (refusal) {
      if (!(refusal instanceof AppError)) throw refusal;
      outcomes.push({ refusal });
    }
  }
  return { outcomes, decisions };
}
