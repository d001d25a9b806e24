import { isDeepStrictEqual } from 'node:util';
import { atMost, type IsoDay, type IsoTime, type UnitOfWork } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import type { AlertLevel } from './alertLevel.ts';
import { type CommandResult, entriesToRead, resultOf, type WalletCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { Entry } from './entry.ts';
import { shuttingDown } from './ledger.errors.ts';
import {
  type DayOfCounters,
  type EntriesEverywhereQuery,
  type EntryQuery,
  type Period,
  type Slice,
  toWrite,
  WalletStore,
} from './ledger.store.ts';
import type { LedgerOptions } from './options.ts';
import { type Wallet, type WalletAddress, walletKey } from './wallet.ts';
import type { HoldMemory } from './walletMemory.ts';
import { MAX_REMEMBERED_HOLDS, WalletWriter } from './walletWriter.ts';

/** Most wallets that a process remembers; the next charge on a forgotten wallet costs one read. */
const MAX_KNOWN_WALLETS = 5_000;

/** A command decided inside a caller's unit of work: its result, and the writes to make afterwards. */
export interface StagedCommand<C extends WalletCommand = WalletCommand> {
  readonly result: CommandResult<C>;
  /** False when the ledger already has the command's entry, so that there is nothing to write. */
  readonly isNew: boolean;
  /** Adds the writes to the unit. Call it after the unit's last read. */
  write(): void;
}

/** The wallet core. All changes of credits go through this class. */
export class Ledger {
  readonly #store: WalletStore;
  readonly #db: Firestore;
  readonly #optimisticTries: number | undefined;
  /**
   * A writer that is dropped while it works still finishes. A second writer then only competes for commits; no command
   * takes effect twice.
   */
  readonly #writers = new LRUCache<string, WalletWriter>(atMost(MAX_KNOWN_WALLETS));

  readonly #openHolds: HoldMemory = new LRUCache(atMost(MAX_REMEMBERED_HOLDS));
  readonly #staged = new WeakMap<UnitOfWork, Set<string>>();
  readonly #atWork = new Set<WalletWriter>();
  #draining = false;

  /** @param db the project's Firestore; only this class writes the ledger's documents */
  constructor(db: Firestore, options: LedgerOptions = {}) {
    this.#db = db;
    this.#optimisticTries = options.optimisticTries;
    this.#store = new WalletStore(db, options);
  }

  /**
   * Settles one command; see {@link WalletWriter.submit}.
   * @throws what {@link decide} throws, and WALLET_BUSY while too many commands wait, or when the process ends
   */
  submit<C extends WalletCommand>(address: WalletAddress, command: C): Promise<CommandResult<C>> {
    if (this.#draining) return Promise.reject(shuttingDown());
    const writer = this.#writerOf(address);
    const settled = writer.submit(command);
    this.#atWork.add(writer);
    void writer.idle().then(() => {
      if (writer.isIdle) this.#atWork.delete(writer);
    });
    return settled;
  }

  /** Refuses further commands, and resolves when all accepted commands are answered: for the end of the process. */
  async drain(): Promise<void> {
    this.#draining = true;
    await Promise.all([...this.#atWork].map((writer) => writer.idle()));
  }

  /**
   * Decides a command inside a unit of work that writes other documents in the same commit (a purchase with its order).
   * Reads the wallet now; writes on `write`, because Firestore requires all reads before the first write. A unit takes
   * one command per wallet, and throws an Error for a second.
   * @throws what {@link decide} throws
   */
  async stageIn<C extends WalletCommand>(
    unit: UnitOfWork,
    address: WalletAddress,
    command: C,
  ): Promise<StagedCommand<C>> {
    this.#claim(unit, address);
    const ledger = await this.#store.readLedger(address, entriesToRead(command), command.now, unit);
    const decision = decide(ledger, command);
    const write = toWrite(ledger, [decision]);
    return {
      result: resultOf(command, decision.result),
      isNew: write !== null,
      write: () => {
        if (write) this.#store.commitIn(unit, address, write);
      },
    };
  }

  /**
   * Reads a wallet in a unit of work that may then set the balances that alerts are wanted for: call `writeLevels`
   * after the unit's last read. From that commit on, every commit that brings the balance below such a level reports
   * it.
   */
  async stageLevelsIn(
    unit: UnitOfWork,
    address: WalletAddress,
    now: IsoTime,
  ): Promise<{ readonly wallet: Wallet; writeLevels(levels: readonly AlertLevel[]): void }> {
    const before = await this.#store.readLedger(address, [], now, unit);
    return {
      wallet: before.wallet,
      writeLevels: (levels) => {
        if (isDeepStrictEqual(before.wallet.alertLevels ?? [], levels)) return;
        this.#store.writeLevelsIn(unit, address, before, levels);
      },
    };
  }

  /** Reads the wallet as stored; an empty wallet if it has no entries. */
  read(address: WalletAddress, now: IsoTime): Promise<Wallet> {
    return this.#store.readWallet(address, now);
  }

  /** True for a wallet whose document exists. */
  exists(address: WalletAddress): Promise<boolean> {
    return this.#store.exists(address);
  }

  /** Lists the ids of an account's wallets. */
  listIds(accountId: string): Promise<string[]> {
    return this.#store.listIds(accountId);
  }

  /**
   * True for an open hold that this process knows to belong to this wallet, so that it can be settled without a read.
   */
  remembersHold(address: WalletAddress, chargeId: string): boolean {
    return this.#writers.get(walletKey(address))?.remembersHold(chargeId) ?? false;
  }

  readEntry(address: WalletAddress, entryId: string): Promise<Entry | null> {
    return this.#store.readEntry(address, entryId);
  }

  listEntries(address: WalletAddress, query: EntryQuery): Promise<Entry[]> {
    return this.#store.listEntries(address, query);
  }

  /** Reads the counters of days from `first` to `last`, both included; leaves out days without entries. */
  readCounters(address: WalletAddress, first: IsoDay, last: IsoDay): AsyncGenerator<DayOfCounters> {
    return this.#store.readCounters(address, first, last);
  }

  /**
   * Reads the last entries before and in a range of whole days, and the sums over its entries, all from one snapshot.
   */
  readPeriod(address: WalletAddress, first: IsoDay, last: IsoDay): Promise<Period> {
    return this.#store.readPeriod(address, first, last);
  }

  /** Reads entries between two sequences, both included, oldest first, page by page. */
  readEntries(address: WalletAddress, from: number, to: number): AsyncGenerator<Entry[]> {
    return this.#store.readEntries(address, from, to);
  }

  listEntriesAfter(address: WalletAddress, sequence: number, limit: number): Promise<Entry[]> {
    return this.#store.listEntriesAfter(address, sequence, limit);
  }

  /** Lists wallets of all accounts, ordered by account and wallet id. */
  listEverywhere(after: WalletAddress | null, limit: number): Promise<Wallet[]> {
    return this.#store.listEverywhere(after, limit);
  }

  listEntriesEverywhere(query: EntriesEverywhereQuery): Promise<Entry[]> {
    return this.#store.listEntriesEverywhere(query);
  }

  /** Erases the texts of a page of entries; returns the sequence after which the next page begins, null at the end. */
  eraseTexts(address: WalletAddress, afterSequence: number, limit: number): Promise<number | null> {
    return this.#store.eraseTexts(address, afterSequence, limit);
  }

  listLapsedHolds(address: WalletAddress, now: IsoTime, slice: Slice): Promise<Entry[]> {
    return this.#store.listLapsedHolds(address, now, slice);
  }

  listLapsedHoldsEverywhere(now: IsoTime, slice: Slice): Promise<Entry[]> {
    return this.#store.listLapsedHoldsEverywhere(now, slice);
  }

  listWalletsWithLapsedLots(now: IsoTime, slice: Slice): Promise<Wallet[]> {
    return this.#store.listWalletsWithLapsedLots(now, slice);
  }

  /** Refuses a second command for a wallet in a unit, because it would be decided on the wallet before the first. */
  #claim(unit: UnitOfWork, address: WalletAddress): void {
    const staged = this.#staged.get(unit) ?? new Set<string>();
    if (staged.has(walletKey(address)))
      throw new Error(`a unit of work has two commands for wallet ${walletKey(address)}`);
    this.#staged.set(unit, staged.add(walletKey(address)));
  }

  #writerOf(address: WalletAddress): WalletWriter {
    const key = walletKey(address);
    const known = this.#writers.get(key);
    if (known) return known;
    const writer = new WalletWriter(this.#db, this.#store, address, this.#openHolds, this.#optimisticTries);
    this.#writers.set(key, writer);
    return writer;
  }
}
