import { addDays, type IsoDay, type IsoTime, readAll, startOfDay, type UnitOfWork } from '@cloud-bridge/base';
import {
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  FieldValue,
  type Firestore,
  type Query,
  type QuerySnapshot,
  type Timestamp,
} from 'firebase-admin/firestore';
import type { AlertLevel } from './alertLevel.ts';
import { type Counters, countersByDocument, dayOfDocument, sumOf } from './counters.ts';
import type { Decision, LedgerView } from './decide.ts';
import type { Entry, HoldEntry } from './entry.ts';
import { DEFAULT_COLLECTIONS, type LedgerCollections, type LedgerOptions } from './options.ts';
import { COUNTERS } from './storedCounters.ts';
import { ENTRIES, toStoredHoldState } from './storedEntry.ts';
import { WALLETS } from './storedWallet.ts';
import { emptyWallet, type Wallet, type WalletAddress } from './wallet.ts';

/**
 * A wallet as it was read, and the version that a write requires; the version is null if the wallet doesn't exist yet.
 */
export interface StoredWallet {
  readonly wallet: Wallet;
  readonly updateTime: Timestamp | null;
}

/**
 * A wallet with some of its entries. If a read breaks off, the SDK fetches the rest in a second request, so the
 * documents may be of different moments. Every write therefore requires the versions that were read.
 */
export interface StoredLedger extends StoredWallet, LedgerView {
  readonly entryUpdateTimes: ReadonlyMap<string, Timestamp>;
}

/** The writes of a set of decisions. */
export interface LedgerWrite {
  readonly before: StoredWallet & Partial<Pick<StoredLedger, 'entryUpdateTimes'>>;
  readonly after: Wallet;
  readonly created: readonly Entry[];
  readonly updated: readonly HoldEntry[];
}

/** The versions that a commit gave to the wallet and to each written entry. */
export interface CommittedWrite {
  readonly updateTime: Timestamp;
  readonly entryUpdateTimes: ReadonlyMap<string, Timestamp>;
}

/** Filters of a wallet's list of entries, newest first. `beforeSequence` is exclusive. */
export interface EntryQuery {
  readonly kind?: string | undefined;
  readonly operation?: string | undefined;
  readonly from?: IsoTime | undefined;
  readonly to?: IsoTime | undefined;
  readonly beforeSequence?: number | undefined;
  readonly offset?: number | undefined;
  readonly limit: number;
}

/** The sums over a wallet's entries of one day. */
export interface DayOfCounters {
  readonly day: IsoDay;
  readonly counters: Counters;
}

/** A range of whole days in a wallet's ledger. */
export interface Period {
  /** The last entry before the range; null if there is none. */
  readonly opening: Entry | null;
  /** The last entry up to the end of the range; null if there is none. */
  readonly closing: Entry | null;
  readonly counters: Counters;
}

/** Runs a query: on the present state, or on the snapshot of a transaction. */
type Get = <T>(query: Query<T>) => Promise<QuerySnapshot<T>>;
const getNow: Get = (query) => query.get();

/** Counter documents per read. */
const COUNTERS_PER_PAGE = 100;
const ENTRIES_PER_PAGE = 500;

/** Filters of the list over all wallets, which is ordered by the entries' document names. */
export interface EntriesEverywhereQuery {
  readonly kind?: string | undefined;
  readonly after?: (WalletAddress & { readonly id: string }) | undefined;
  readonly limit: number;
}

/** A part of a list. */
export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** Reads and writes wallets and their entries. No other code does. */
export class WalletStore {
  readonly #db: Firestore;
  readonly #names: LedgerCollections;
  readonly #alsoCreate: LedgerOptions['alsoCreate'];

  constructor(db: Firestore, { collections, alsoCreate }: LedgerOptions = {}) {
    this.#db = db;
    this.#names = { ...DEFAULT_COLLECTIONS, ...collections };
    this.#alsoCreate = alsoCreate;
  }

  walletRef({ accountId, walletId }: WalletAddress): DocumentReference<Wallet> {
    return this.#wallets(accountId).doc(walletId);
  }

  #wallets(accountId: string): CollectionReference<Wallet> {
    const { accounts, wallets } = this.#names;
    return this.#db.collection(accounts).doc(accountId).collection(wallets).withConverter(WALLETS);
  }

  #entries(address: WalletAddress): CollectionReference<Entry> {
    return this.walletRef(address).collection(this.#names.entries).withConverter(ENTRIES);
  }

  #usage(address: WalletAddress): CollectionReference<Counters> {
    return this.walletRef(address).collection(this.#names.usage).withConverter(COUNTERS);
  }

  get #everyWallet(): Query<Wallet> {
    return this.#db.collectionGroup(this.#names.wallets).withConverter(WALLETS);
  }

  get #everyEntry(): Query<Entry> {
    return this.#db.collectionGroup(this.#names.entries).withConverter(ENTRIES);
  }

  async readWallet(address: WalletAddress, now: IsoTime): Promise<Wallet> {
    return walletOf(await this.walletRef(address).get(), address, now).wallet;
  }

  async exists(address: WalletAddress): Promise<boolean> {
    return (await this.walletRef(address).get()).exists;
  }

  async listIds(accountId: string): Promise<string[]> {
    return (await this.#wallets(accountId).select().get()).docs.map(({ id }) => id);
  }

  async readEntry(address: WalletAddress, entryId: string): Promise<Entry | null> {
    return (await this.#entries(address).doc(entryId).get()).data() ?? null;
  }

  /** Reads the wallet and the named entries. */
  async readLedger(
    address: WalletAddress,
    entryIds: readonly string[],
    now: IsoTime,
    unit?: UnitOfWork,
  ): Promise<StoredLedger> {
    const ids = [...new Set(entryIds)];
    const [walletSnapshot, ...entrySnapshots] = await readAll<[Wallet, ...Entry[]]>(
      unit ?? this.#db,
      this.walletRef(address),
      ...ids.map((id) => this.#entries(address).doc(id)),
    );
    const entries = new Map(ids.map((id, index) => [id, entrySnapshots[index]?.data() ?? null]));
    const entryUpdateTimes = new Map(
      entrySnapshots.flatMap(({ id, updateTime }) => (updateTime ? [[id, updateTime] as const] : [])),
    );
    return { ...walletOf(walletSnapshot, address, now), entries, entryUpdateTimes };
  }

  /**
   * Commits in one round trip, and only if every updated document is unchanged since it was read. Returns the new
   * versions.
   */
  async commit(address: WalletAddress, write: LedgerWrite): Promise<CommittedWrite> {
    const batch = this.#db.batch();
    const walletRef = this.walletRef(address);
    const { updateTime, entryUpdateTimes } = write.before;
    const ids = this.#write(
      address,
      write,
      {
        create: (reference, fields) => batch.create(reference, fields),
        update: (reference, fields) => {
          const lastUpdateTime = reference === walletRef ? updateTime : entryUpdateTimes?.get(reference.id);
          if (!lastUpdateTime) throw new Error(`${reference.path} was not read before it is updated`);
          batch.update(reference, fields, { lastUpdateTime });
        },
        merge: (reference, fields) => batch.set(reference, fields, { merge: true }),
      },
      walletRef,
    );
    const [wallet, ...others] = await batch.commit();
    if (!wallet) throw new Error('a commit answered without a result');
    const times = others.slice(0, ids.length).map(({ writeTime }, index) => [ids[index] ?? '', writeTime] as const);
    return { updateTime: wallet.writeTime, entryUpdateTimes: new Map(times) };
  }

  /** Adds the writes to a unit of work that has read the wallet. */
  commitIn(unit: UnitOfWork, address: WalletAddress, write: LedgerWrite): void {
    this.#write(address, write, unit, this.walletRef(address));
  }

  /**
   * Stores the balances that alerts are wanted for, in a unit that has read the wallet. A wallet without entries is
   * created for this, because its first commit has to know the balances; it has no times until then.
   */
  writeLevelsIn(unit: UnitOfWork, address: WalletAddress, before: StoredWallet, levels: readonly AlertLevel[]): void {
    const alertLevels = levels.map((level) => ({ ...level }));
    const { accountId, walletId } = address;
    if (before.updateTime) unit.update(this.walletRef(address), { alertLevels });
    else unit.create(this.walletRef(address), { ...emptyWallet(accountId, walletId, ''), alertLevels });
  }

  /**
   * Writes the wallet first, then the entries, then counters and further documents; the commit's results are in this
   * order. Returns the ids of the entries. Entries are sorted by name, the order in which a database takes its locks:
   * the emulator spends a quarter of a commit on sorting unsorted writes.
   */
  #write(
    address: WalletAddress,
    write: LedgerWrite,
    target: Pick<UnitOfWork, 'create' | 'update' | 'merge'>,
    walletRef: DocumentReference<Wallet>,
  ): string[] {
    if (write.before.updateTime) target.update(walletRef, WALLETS.whole(write.after));
    else target.create(walletRef, write.after);
    const updated = new Map(write.updated.map((hold) => [hold.id, hold]));
    const entries = [...write.created, ...write.updated].sort(byId);
    const collection = this.#entries(address);
    for (const entry of entries) {
      const reference = collection.doc(entry.id);
      const hold = updated.get(entry.id);
      if (hold) target.update(reference, changesOfHold(hold));
      else target.create(reference, entry);
    }
    for (const [id, counters] of countersByDocument(write.created)) {
      target.merge(this.#usage(address).doc(id), counters);
    }
    for (const { path, fields } of write.created.flatMap((entry) => this.#alsoCreate?.(entry, write.after) ?? [])) {
      target.create(this.#db.doc(path), { ...fields });
    }
    return entries.map(({ id }) => id);
  }

  /** Reads the counters of days from `first` to `last`, both included; leaves out days without entries. */
  async *readCounters(
    address: WalletAddress,
    first: IsoDay,
    last: IsoDay,
    get: Get = getNow,
  ): AsyncGenerator<DayOfCounters> {
    // A document's name begins with its day, and `~` sorts after all characters that may follow the day.
    const documents = this.#usage(address).orderBy(FieldPath.documentId()).endBefore(`${last}~`);
    let page: Query<Counters> | null = documents.startAt(first);
    let parts: Counters[] = [];
    let day = '';
    while (page) {
      const { docs }: QuerySnapshot<Counters> = await get(page.limit(COUNTERS_PER_PAGE));
      for (const document of docs) {
        if (parts.length > 0 && day !== dayOfDocument(document.id)) {
          yield { day, counters: sumOf(parts) };
          parts = [];
        }
        day = dayOfDocument(document.id);
        parts.push(document.data());
      }
      const end = docs.at(-1);
      page = end && docs.length === COUNTERS_PER_PAGE ? documents.startAfter(end.id) : null;
    }
    if (parts.length > 0) yield { day, counters: sumOf(parts) };
  }

  /**
   * Reads the last entries before and in a range of whole days, and the sums over its entries, all from one snapshot.
   */
  readPeriod(address: WalletAddress, first: IsoDay, last: IsoDay): Promise<Period> {
    return this.#db.runTransaction(
      async (transaction) => {
        const get: Get = (query) => transaction.get(query);
        const [opening = null] = await this.listEntries(address, { to: startOfDay(first), limit: 1 }, get);
        const [closing = null] = await this.listEntries(address, { to: startOfDay(addDays(last, 1)), limit: 1 }, get);
        const days: Counters[] = [];
        for await (const { counters } of this.readCounters(address, first, last, get)) days.push(counters);
        return { opening, closing, counters: sumOf(days) };
      },
      { readOnly: true },
    );
  }

  /** Reads entries between two sequences, both included, oldest first, page by page. */
  async *readEntries(address: WalletAddress, from: number, to: number): AsyncGenerator<Entry[]> {
    for (let next = from; next <= to; ) {
      const { docs } = await this.#entries(address)
        .where('sequence', '>=', next)
        .where('sequence', '<=', to)
        .orderBy('sequence')
        .limit(ENTRIES_PER_PAGE)
        .get();
      if (docs.length === 0) return;
      const page = docs.map((document) => document.data());
      yield page;
      next = (page.at(-1)?.sequence ?? to) + 1;
    }
  }

  /** Lists entries of a wallet, newest first. */
  async listEntries(address: WalletAddress, query: EntryQuery, get: Get = getNow): Promise<Entry[]> {
    let entries = this.#entries(address).orderBy('sequence', 'desc').limit(query.limit);
    if (query.kind) entries = entries.where('kind', '==', query.kind);
    if (query.operation) entries = entries.where('operation', '==', query.operation);
    const upper = await this.#sequenceAt(address, query.to, get);
    const before = Math.min(query.beforeSequence ?? Infinity, upper ?? Infinity);
    if (before !== Infinity) entries = entries.where('sequence', '<', before);
    const lower = await this.#sequenceAt(address, query.from, get);
    if (query.from) {
      if (lower === null) return [];
      entries = entries.where('sequence', '>=', lower);
    }
    if (query.offset) entries = entries.offset(query.offset);
    return valuesOf(await get(entries));
  }

  /** Lists entries of all wallets, ordered by account, wallet and entry id. */
  async listEntriesEverywhere({ kind, after, limit }: EntriesEverywhereQuery): Promise<Entry[]> {
    let entries = this.#everyEntry.orderBy(FieldPath.documentId()).limit(limit);
    if (kind) entries = entries.where('kind', '==', kind);
    if (after) entries = entries.startAfter(this.#entries(after).doc(after.id));
    return valuesOf(await entries.get());
  }

  /** Lists entries of a wallet after a sequence, oldest first. */
  async listEntriesAfter(address: WalletAddress, sequence: number, limit: number): Promise<Entry[]> {
    const entries = this.#entries(address).where('sequence', '>', sequence).orderBy('sequence').limit(limit);
    return valuesOf(await entries.get());
  }

  /** Lists wallets of all accounts, ordered by account and wallet id. */
  async listEverywhere(after: WalletAddress | null, limit: number): Promise<Wallet[]> {
    let wallets = this.#everyWallet.orderBy(FieldPath.documentId()).limit(limit);
    if (after) wallets = wallets.startAfter(this.walletRef(after));
    return valuesOf(await wallets.get());
  }

  /**
   * Erases the texts that callers wrote on charges and operators wrote on adjustments; keeps every number. Handles a
   * page of entries, and returns the sequence after which the next page begins; null at the end.
   */
  async eraseTexts(address: WalletAddress, afterSequence: number, limit: number): Promise<number | null> {
    const { docs } = await this.#entries(address).orderBy('sequence').startAfter(afterSequence).limit(limit).get();
    const batch = this.#db.batch();
    for (const document of docs) {
      const { kind, operation, charge } = document.data();
      if (kind === 'adjustment') batch.update(document.ref, { description: 'erased' });
      if (operation === undefined) continue;
      const hasMetadata = Object.keys(charge?.metadata ?? {}).length > 0;
      const metadata = hasMetadata && { 'charge.metadata': FieldValue.delete() };
      batch.update(document.ref, { description: FieldValue.delete(), ...metadata });
    }
    await batch.commit();
    return docs.length === limit ? (docs.at(-1)?.data().sequence ?? null) : null;
  }

  /** Returns the sequence of the first entry at or after a time. The ledger's time never runs backwards. */
  async #sequenceAt(address: WalletAddress, time: IsoTime | undefined, get: Get): Promise<number | null> {
    if (!time) return null;
    const since = this.#entries(address).where('createdAt', '>=', time);
    // Entries of one commit have the same time; the sequence orders them.
    const snapshot = await get(since.orderBy('createdAt').orderBy('sequence').limit(1));
    return snapshot.docs[0]?.data().sequence ?? null;
  }

  /** Lists open holds of one wallet whose deadline has come, oldest deadline first. */
  async listLapsedHolds(address: WalletAddress, now: IsoTime, slice: Slice): Promise<Entry[]> {
    const snapshot = await this.#entries(address)
      .where('openHoldExpiresAt', '<=', now)
      .orderBy('openHoldExpiresAt')
      .offset(slice.offset)
      .limit(slice.limit)
      .get();
    return valuesOf(snapshot);
  }

  /** Lists wallets with lapsed lots, longest lapsed first. */
  async listWalletsWithLapsedLots(now: IsoTime, slice: Slice): Promise<Wallet[]> {
    const snapshot = await this.#everyWallet
      .where('nextExpiryAt', '<=', now)
      .orderBy('nextExpiryAt')
      .offset(slice.offset)
      .limit(slice.limit)
      .get();
    return valuesOf(snapshot);
  }

  /** Lists open holds of all wallets whose deadline has come, oldest deadline first. */
  async listLapsedHoldsEverywhere(now: IsoTime, slice: Slice): Promise<Entry[]> {
    const snapshot = await this.#everyEntry
      .where('openHoldExpiresAt', '<=', now)
      .orderBy('openHoldExpiresAt')
      .offset(slice.offset)
      .limit(slice.limit)
      .get();
    return valuesOf(snapshot);
  }
}

function byId(a: Entry, b: Entry): number {
  return a.id < b.id ? -1 : 1;
}

function changesOfHold(hold: HoldEntry): Record<string, unknown> {
  return { ...toStoredHoldState(hold), openHoldExpiresAt: hold.openHoldExpiresAt ?? FieldValue.delete() };
}

function walletOf(snapshot: DocumentSnapshot<Wallet>, address: WalletAddress, now: IsoTime): StoredWallet {
  const wallet = snapshot.data();
  if (!wallet) return { wallet: emptyWallet(address.accountId, address.walletId, now), updateTime: null };
  const times = wallet.sequence === 0 ? { createdAt: now, updatedAt: now } : {};
  return { wallet: { ...wallet, ...times }, updateTime: snapshot.updateTime ?? null };
}

function valuesOf<T>({ docs }: QuerySnapshot<T>): T[] {
  return docs.map((document) => document.data());
}

/** Combines a series of decisions on one wallet into one write; null when none of them changes anything. */
export function toWrite(before: LedgerWrite['before'], decisions: readonly Decision[]): LedgerWrite | null {
  const created = decisions.flatMap((decision) => decision.created);
  const last = decisions.at(-1);
  if (created.length === 0 || !last) return null;
  const final = new Map<string, HoldEntry>();
  for (const { updated } of decisions) if (updated) final.set(updated.id, updated);
  // A hold that is created and settled in the same commit is written once, in its final state.
  const merged = created.map((entry) => final.get(entry.id) ?? entry);
  const updated = [...final.values()].filter((hold) => !created.some((entry) => entry.id === hold.id));
  return { before, after: last.wallet, created: merged, updated };
}
