import type { Firestore } from 'firebase-admin/firestore';
import { AppError } from '../shared/appError.ts';
import { backOff } from '../shared/backOff.ts';
import { mayBeRetried } from '../shared/firestoreErrors.ts';
import { TransactionUnit, type UnitOfWork } from '../shared/unitOfWork.ts';
import { TookTooLong, within } from '../shared/within.ts';
import {
  assertAmount,
  type CommandResult,
  decidesOnWalletAlone,
  entriesToRead,
  type WalletCommand,
} from './commands.ts';
import { type Decision, decide, type LedgerView } from './decide.ts';
import type { Entry } from './entry.ts';
import { DoesNotFollow, type WalletAddress } from './wallet.ts';
import { walletBusy, walletQueueFull } from './wallets.errors.ts';
import { type LedgerWrite, type StoredLedger, type StoredWallet, toWrite, type WalletStore } from './wallets.store.ts';

/** Commands that are settled in one commit: far below Firestore's 10 MiB a request. */
const MAX_COMMANDS_PER_COMMIT = 200;
/** Commands that may wait for one wallet: at a few thousand a second, what can be settled within seconds. */
const MAX_WAITING_COMMANDS = 10_000;
/** Lost races before a wallet is written under a transaction's locks, where waiting is fair. */
const MAX_OPTIMISTIC_TRIES = 8;
/** The SDK repeats a call for minutes when the server can't be reached; a function's caller is gone after one. */
const MAX_SETTLING_MS = 30_000;

interface Job {
  readonly command: WalletCommand;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = { readonly result: CommandResult } | { readonly refusal: unknown };

/**
 * Owns the way from this process to one wallet. Commands that arrive while a commit is on its way are settled together
 * by the next one; each caller is answered only after the commit that holds its command.
 */
export class WalletWriter {
  readonly #db: Firestore;
  readonly #store: WalletStore;
  readonly #address: WalletAddress;
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;
  /** The wallet as this process last committed it. A guess: every commit is tied to its version. */
  #known: StoredWallet | null = null;

  constructor(db: Firestore, store: WalletStore, address: WalletAddress) {
    this.#db = db;
    this.#store = store;
    this.#address = address;
  }

  /**
   * Settles one command. Rejects with the command's refusal, or 503 `WALLET_BUSY` when the queue is full or
   * the outcome stays unknown.
   */
  submit(command: WalletCommand): Promise<CommandResult> {
    if (this.#waiting.length >= MAX_WAITING_COMMANDS) return Promise.reject(walletQueueFull());
    return new Promise((resolve, reject) => {
      assertAmount(command);
      this.#waiting.push({ command, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** True when nothing waits or is under way. */
  get isIdle(): boolean {
    return this.#running === null;
  }

  /** Resolves when everything that was submitted so far has been answered. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting.splice(0, MAX_COMMANDS_PER_COMMIT);
      await this.#settle(jobs);
    }
    this.#running = null;
  }

  async #settle(jobs: readonly Job[]): Promise<void> {
    const commands = jobs.map((job) => job.command);
    try {
      const outcomes = await within(MAX_SETTLING_MS, (signal) => this.#commitSomehow(commands, signal));
      for (const [index, outcome] of outcomes.entries()) {
        if ('result' in outcome) jobs[index]?.resolve(outcome.result);
        else jobs[index]?.reject(outcome.refusal);
      }
    } catch (error) {
      this.#known = null;
      const isUnknown = mayBeRetried(error) || error instanceof TookTooLong;
      // One command that Firestore won't take must not fail its neighbours.
      if (jobs.length > 1 && !isUnknown) {
        for (const job of jobs) await this.#settle([job]);
      } else {
        for (const job of jobs) job.reject(isUnknown ? walletBusy(error) : error);
      }
    }
  }

  async #commitSomehow(commands: readonly WalletCommand[], signal: AbortSignal): Promise<Outcome[]> {
    const unread = await this.#tryWithoutReading(commands);
    if (unread) return unread;
    for (let attempt = 0; attempt < MAX_OPTIMISTIC_TRIES; attempt += 1) {
      signal.throwIfAborted();
      try {
        const ledger = await this.#read(commands);
        return await this.#commit(ledger, decideAll(ledger, commands));
      } catch (error) {
        // Figures that don't fit together were read at different moments; a transaction has the last word on them.
        if (!mayBeRetried(error) && !(error instanceof DoesNotFollow)) throw error;
        await backOff(attempt);
      }
    }
    signal.throwIfAborted();
    return this.#commitInTransaction(commands);
  }

  /** One round trip and no read: right if nobody else wrote the wallet and no key was used before; else null. */
  async #tryWithoutReading(commands: readonly WalletCommand[]): Promise<Outcome[] | null> {
    const known = this.#known;
    if (!known || !commands.every(decidesOnWalletAlone)) return null;
    const { outcomes, decisions } = decideAll({ ...known, entries: new Map() }, commands);
    // What refuses a command has to be a fact, not a guess.
    if (outcomes.some((outcome) => 'refusal' in outcome)) return null;
    try {
      return await this.#commit(known, { outcomes, decisions });
    } catch (error) {
      if (!mayBeRetried(error)) throw error;
      this.#known = null;
      return null;
    }
  }

  async #commit(before: LedgerWrite['before'], { outcomes, decisions }: Decided): Promise<Outcome[]> {
    const write = toWrite(before, decisions);
    if (write) {
      const updateTime = await this.#store.commit(this.#address, write);
      this.#known = { wallet: write.after, updateTime };
    } else {
      this.#known = before.updateTime ? { wallet: before.wallet, updateTime: before.updateTime } : null;
    }
    return outcomes;
  }

  #commitInTransaction(commands: readonly WalletCommand[]): Promise<Outcome[]> {
    this.#known = null;
    return this.#db.runTransaction(async (transaction) => {
      const unit = new TransactionUnit(transaction);
      const ledger = await this.#read(commands, unit);
      const { outcomes, decisions } = decideAll(ledger, commands);
      const write = toWrite(ledger, decisions);
      if (write) this.#store.commitIn(unit, this.#address, write);
      return outcomes;
    });
  }

  #read(commands: readonly WalletCommand[], unit?: UnitOfWork): Promise<StoredLedger> {
    const now = commands[0]?.now ?? '';
    return this.#store.readLedger(this.#address, commands.flatMap(entriesToRead), now, unit);
  }
}

interface Decided {
  readonly outcomes: Outcome[];
  readonly decisions: Decision[];
}

/** Decides commands in order, each on what the ones before it left. A refusal touches nobody else. */
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
