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

/** How many wallets a process remembers; a forgotten one costs its next charge one read. */
const MAX_KNOWN_WALLETS = 5_000;

/**
 * A command that is decided inside somebody else's unit of work: what it came to, and the writes to make afterwards.
 */
export interface StagedCommand<C extends WalletCommand = WalletCommand> {
  readonly result: CommandResult<C>;
  /** False when the command's entry is in the ledger already: then there is nothing to write for it. */
  readonly isNew: boolean;
  /** To be called after the unit's last read. */
  write(): void;
}

/** The wallet core: the only way to change credits, and the way to read them. */
export class Ledger {
  readonly #store: WalletStore;
  readonly #db: Firestore;
  readonly #optimisticTries: number | undefined;
  /** A writer that is forgotten while at work finishes; a second one beside it would only race it, never double it. */
  readonly #writers = new LRUCache<string, WalletWriter>(atMost(MAX_KNOWN_WALLETS));

  readonly #openHolds: HoldMemory = new LRUCache(atMost(MAX_REMEMBERED_HOLDS));
  readonly #staged = new WeakMap<UnitOfWork, Set<string>>();
  readonly #atWork = new Set<WalletWriter>();
  #draining = false;

  /** @param db the project's Firestore; every document of the ledger is written by this class alone */
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

  /** Takes no more commands, and resolves when all that were taken are answered: for the end of the process. */
  async drain(): Promise<void> {
    this.#draining = true;
    await Promise.all([...this.#atWork].map((writer) => writer.idle()));
  }

  /**
   * Decides a command inside a unit of work that writes other documents in the same breath (a purchase with its order).
   * Reads the wallet at once; writes when told to, because Firestore wants all reads before the first write. One
   * command for a wallet and unit: throws an Error for a second one.
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
   * Reads a wallet in a unit of work that may then say which of its balances are to be told of: `writeLevels`, after
   * the unit's last read. From that commit on, every commit that brings the balance below one of them tells of it.
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

  /** The wallet as stored; an empty one where nothing was ever posted. */
  read(address: WalletAddress, now: IsoTime): Promise<Wallet> {
    return this.#store.readWallet(address, now);
  }

  /** True for a wallet to which anything was ever posted. */
  exists(address: WalletAddress): Promise<boolean> {
    return this.#store.exists(address);
  }

  /** The wallets of an account to which anything was ever posted. */
  listIds(accountId: string): Promise<string[]> {
    return this.#store.listIds(accountId);
  }

  /**
   * True for an open hold that this process knows to be of this wallet: it can be settled without asking whose it is.
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

  /** What entries of a range of days add up to, the first and the last day included; days without any are left out. */
  readCounters(address: WalletAddress, first: IsoDay, last: IsoDay): AsyncGenerator<DayOfCounters> {
    return this.#store.readCounters(address, first, last);
  }

  /** What was before a span of whole days and at its end, and what its entries add up to: all as of one moment. */
  readPeriod(address: WalletAddress, first: IsoDay, last: IsoDay): Promise<Period> {
    return this.#store.readPeriod(address, first, last);
  }

  /** Entries between two sequences, both included, oldest first, page after page. */
  readEntries(address: WalletAddress, from: number, to: number): AsyncGenerator<Entry[]> {
    return this.#store.readEntries(address, from, to);
  }

  listEntriesAfter(address: WalletAddress, sequence: number, limit: number): Promise<Entry[]> {
    return this.#store.listEntriesAfter(address, sequence, limit);
  }

  /** Wallets of all accounts, in the order of their names. */
  listEverywhere(after: WalletAddress | null, limit: number): Promise<Wallet[]> {
    return this.#store.listEverywhere(after, limit);
  }

  listEntriesEverywhere(query: EntriesEverywhereQuery): Promise<Entry[]> {
    return this.#store.listEntriesEverywhere(query);
  }

  /** Takes from entries what callers wrote, a part at a time; gives the sequence to go on after, null at the end. */
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

  /** A second command would be decided on the wallet as it was before the first. */
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
