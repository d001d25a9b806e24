import { type IsoDay, type IsoTime, readAll, storedAs } from '@cloud-bridge/base';
import type {
  CollectionReference,
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  Query,
  QueryDocumentSnapshot,
  Timestamp,
  Transaction,
} from 'firebase-admin/firestore';
import type { Counters } from '../counters.ts';
import type { Entry, UncheckedEntry } from '../entry.ts';
import { DEFAULT_COLLECTIONS, type LedgerCollections } from '../options.ts';
import { COUNTERS } from '../storedCounters.ts';
import { ENTRIES, STORED_HOLD_FIELDS } from '../storedEntry.ts';
import { WALLETS } from '../storedWallet.ts';
import type { Wallet, WalletAddress } from '../wallet.ts';
import type { OpenDay } from './counterReplay.ts';
import type { OpenHold } from './ledgerReplay.ts';

/** The kinds of rounds. Each kind has its own progress, so that no round continues another kind's. */
export type AuditRoundName = 'scheduled' | 'command' | 'full';

/** The progress of a round. */
export interface AuditRound {
  readonly startedAt: IsoTime;
  /** Path of the last audited wallet; null at the beginning. */
  readonly afterPath: string | null;
  readonly checkedWallets: number;
  readonly differingWallets: number;
  readonly skippedWallets: number;
}

/** A wallet as rebuilt from its entries up to one of them. */
export interface Checkpoint {
  /** The start of the round that wrote the checkpoint. */
  readonly roundStartedAt: IsoTime;
  readonly wallet: Wallet;
  readonly lastEntryId: string | null;
  readonly openHolds: ReadonlyMap<string, OpenHold>;
  /** The counters of the last day so far; null if they aren't known. */
  readonly openDay: OpenDay | null;
  /** False until a replay from the first entry has been compared with the stored wallet. */
  readonly wasSound: boolean;
}

/** The names of checkpoints: a full audit stores its progress apart from that of the other audits. */
export type CheckpointName = 'checkpoint' | 'full';

export interface NamedEntry {
  readonly id: string;
  readonly entry: UncheckedEntry;
}

/** The report on a wallet that differs. */
export interface DifferenceReport {
  readonly sequence: unknown;
  readonly foundAt: IsoTime;
  readonly differences: readonly string[];
}

/** Open holds in one document. At about 90 bytes each they stay far below the limit of 1 MiB. */
const HOLDS_PER_DOCUMENT = 4_000;
/** Longest JSON of a day's counters, which share a document with open holds. */
const MAX_OPEN_DAY_LENGTH = 300_000;
/** Sorts after every id that an entry can have. */
const LAST_ID = '\u{10ffff}';
/** Sorts before every id that an entry can have. */
const FIRST_ID = '\u0001';
/**
 * The field path of a document's name. As text, because `npm run audit` uses its own copy of the Firestore SDK, which
 * rejects `FieldPath` objects of another copy.
 */
const NAME = '__name__';
const OPEN_HOLD = 'openHoldExpiresAt' satisfies keyof UncheckedEntry;
const SEQUENCE = 'sequence' satisfies keyof UncheckedEntry;

type HoldItem = readonly [id: string, hold: OpenHold];

/** A checkpoint's document stores as many open holds as fit; further documents store the rest. */
type StoredCheckpoint = Omit<Checkpoint, 'openHolds'> & {
  readonly openHolds: readonly HoldItem[];
  readonly holdDocuments: number;
};

/** Open holds of a checkpoint, and the sequence of their wallet. */
interface HoldsPart {
  readonly sequence: number;
  readonly openHolds: readonly HoldItem[];
}

type StoredReport = WalletAddress & DifferenceReport & { readonly resolvedAt: IsoTime | null };

/**
 * Converts checkpoints. Open holds and the open day are stored as JSON, because Firestore limits the number of values
 * in a document. A day that is too long is left out; that day is then not compared.
 */
const CHECKPOINTS = storedAs<StoredCheckpoint>({
  toStored: ({ openHolds, openDay, ...rest }) => ({
    ...rest,
    openHolds: JSON.stringify(openHolds),
    openDay: textOf(openDay),
  }),
  fromStored: ({ openHolds, openDay, ...rest }) =>
    ({
      ...rest,
      openHolds: JSON.parse(String(openHolds)),
      openDay: openDay ? JSON.parse(String(openDay)) : null,
    }) as StoredCheckpoint,
});
const HOLDS_PARTS = storedAs<HoldsPart>({
  toStored: ({ openHolds, ...rest }) => ({ ...rest, openHolds: JSON.stringify(openHolds) }),
  fromStored: ({ openHolds, ...rest }) => ({ ...rest, openHolds: JSON.parse(String(openHolds)) }) as HoldsPart,
});
const ROUNDS = storedAs<AuditRound>();
const REPORTS = storedAs<StoredReport>();

/** A snapshot of a wallet and its entries at one moment, unaffected by later writes. */
export class LedgerView {
  /** The wallet's document; null if it doesn't exist. */
  readonly wallet: unknown;
  readonly #db: Firestore;
  readonly #reference: DocumentReference;
  readonly #readTime: Timestamp;
  readonly #names: LedgerCollections;

  constructor(db: Firestore, snapshot: DocumentSnapshot, names: LedgerCollections = DEFAULT_COLLECTIONS) {
    this.wallet = isFound(snapshot) ? WALLETS.fromFirestore(snapshot) : null;
    this.#names = names;
    this.#db = db;
    this.#reference = snapshot.ref;
    this.#readTime = snapshot.readTime;
  }

  /** Lists entries from a sequence on, oldest first; 0 begins with the first entry, whatever its sequence. */
  async listEntries(from: number, limit: number): Promise<NamedEntry[]> {
    let entries = this.#entries.orderBy(SEQUENCE).limit(limit);
    if (from > 0) entries = entries.where(SEQUENCE, '>=', from);
    const { docs } = await this.#read((transaction) => transaction.get(entries));
    return docs.map(toNamedEntry);
  }

  /** Reads entries by id; leaves out ids that don't exist. */
  async readEntries(ids: readonly string[]): Promise<NamedEntry[]> {
    if (ids.length === 0) return [];
    const references = ids.map((id) => this.#entries.doc(id));
    const snapshots = await this.#read((transaction) => transaction.getAll(...references));
    return snapshots.filter(isFound<Entry>).map(toNamedEntry);
  }

  /** Reads the entries that are stored as open holds, page by page. */
  async *openHolds(limit: number): AsyncGenerator<NamedEntry> {
    let holds: Query<Entry> | null = this.#entries
      .orderBy(OPEN_HOLD)
      .select(...STORED_HOLD_FIELDS)
      .withConverter(ENTRIES)
      .limit(limit);
    while (holds) {
      const query: Query<Entry> = holds;
      const { docs } = await this.#read((transaction) => transaction.get(query));
      yield* docs.map(toNamedEntry);
      const last = docs.at(-1);
      holds = last && docs.length === limit ? query.startAfter(last) : null;
    }
  }

  /** Reads a day's counter documents, whose sums are the day's counters. */
  async readCounters(day: IsoDay): Promise<Counters[]> {
    const usage = this.#reference.collection(this.#names.usage).withConverter(COUNTERS);
    const documents = usage.orderBy(NAME).startAt(day).endBefore(`${day}~`);
    const { docs } = await this.#read((transaction) => transaction.get(documents));
    return docs.map((document) => document.data());
  }

  /** Counts all entries, including any without a sequence. */
  async countEntries(): Promise<number> {
    return (await this.#read((transaction) => transaction.get(this.#entries.count()))).data().count;
  }

  get #entries() {
    return this.#reference.collection(this.#names.entries).withConverter(ENTRIES);
  }

  #read<T>(read: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#db.runTransaction(read, { readOnly: true, readTime: this.#readTime });
  }
}

function toNamedEntry(document: QueryDocumentSnapshot<Entry>): NamedEntry {
  return { id: document.id, entry: document.data() };
}

function isFound<T>(snapshot: DocumentSnapshot<T>): snapshot is QueryDocumentSnapshot<T> {
  return snapshot.exists;
}

/** Reads the ledger for the audit, and stores the audit's progress and reports. Never writes a wallet or an entry. */
export class AuditStore {
  readonly #db: Firestore;
  readonly #names: LedgerCollections;

  /** @param collections the collection names that the ledger uses */
  constructor(db: Firestore, collections: Partial<LedgerCollections> = {}) {
    this.#db = db;
    this.#names = { ...DEFAULT_COLLECTIONS, ...collections };
  }

  /** Lists paths of wallets of all accounts, in order. */
  async listWallets(afterPath: string | null, limit: number): Promise<string[]> {
    const all = this.#db.collectionGroup(this.#names.wallets).withConverter(WALLETS);
    let wallets = all.orderBy(NAME).select().limit(limit);
    if (afterPath) wallets = wallets.startAfter(this.#db.doc(afterPath));
    return (await wallets.get()).docs.map((document) => document.ref.path);
  }

  /**
   * Returns the first path between two wallets' paths that has entries but no wallet document; null if there is none.
   */
  async findOrphan(afterPath: string | null, beforePath: string | null): Promise<string | null> {
    const all = this.#db.collectionGroup(this.#names.entries).withConverter(ENTRIES);
    let entries = all.orderBy(NAME).select().limit(1);
    if (afterPath) entries = entries.startAfter(this.#db.doc(`${afterPath}/${this.#names.entries}/${LAST_ID}`));
    if (beforePath) entries = entries.endBefore(this.#db.doc(`${beforePath}/${this.#names.entries}/${FIRST_ID}`));
    return (await entries.get()).docs[0]?.ref.parent.parent?.path ?? null;
  }

  /** Opens a snapshot of a wallet and its entries as of now. */
  async view(path: string): Promise<LedgerView> {
    return new LedgerView(this.#db, await this.#db.doc(path).get(), this.#names);
  }

  #checkpoints(path: string): CollectionReference<StoredCheckpoint> {
    return this.#db.doc(path).collection('audit').withConverter(CHECKPOINTS);
  }

  /** Returns the reference of a further document of open holds; they are counted from 1. */
  #moreHolds(path: string, name: CheckpointName, count: number): DocumentReference<HoldsPart> {
    return this.#db.doc(path).collection('audit').withConverter(HOLDS_PARTS).doc(`${name}_${count}`);
  }

  /** Reads a checkpoint; null if there is none, or none that can be read. */
  async readCheckpoint(path: string, name: CheckpointName): Promise<Checkpoint | null> {
    try {
      const stored = (await this.#checkpoints(path).doc(name).get()).data();
      if (!stored) return null;
      const { openHolds: first, holdDocuments, ...checkpoint } = stored;
      const more = Array.from({ length: holdDocuments }, (_, index) => this.#moreHolds(path, name, index + 1));
      const snapshots = more.length > 0 ? await readAll<HoldsPart[]>(this.#db, ...more) : [];
      const parts = snapshots.map((snapshot) => snapshot.data());
      // The documents are written one after the other; parts of another moment are useless.
      if (parts.some((part) => part?.sequence !== checkpoint.wallet.sequence)) return null;
      return { ...checkpoint, openHolds: new Map([first, ...parts.map((part) => part?.openHolds ?? [])].flat()) };
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return null;
      throw error;
    }
  }

  async writeCheckpoint(path: string, name: CheckpointName, { openHolds, ...rest }: Checkpoint): Promise<void> {
    const [first = [], ...more] = partsOf([...openHolds]);
    const { sequence } = rest.wallet;
    for (const [index, part] of more.entries()) {
      await this.#moreHolds(path, name, index + 1).set({ sequence, openHolds: part });
    }
    const checkpoint = { ...rest, openHolds: first, holdDocuments: more.length };
    await this.#checkpoints(path).doc(name).set(checkpoint);
  }

  async deleteCheckpoint(path: string, name: CheckpointName): Promise<void> {
    await this.#checkpoints(path).doc(name).delete();
  }

  async readRound(name: AuditRoundName): Promise<AuditRound | null> {
    return (await this.#round(name).get()).data() ?? null;
  }

  /** Stores the progress of a round; null ends the round. */
  async writeRound(name: AuditRoundName, round: AuditRound | null): Promise<void> {
    await (round ? this.#round(name).set(round) : this.#round(name).delete());
  }

  #round(name: AuditRoundName): DocumentReference<AuditRound> {
    return this.#db.collection('audits').withConverter(ROUNDS).doc(name);
  }

  /**
   * Stores a report on a differing wallet: one document per wallet, with the latest findings. Deletes the wallet's
   * checkpoints, so that the wallet is audited from its first entry until it is sound again.
   */
  async reportDifferences(path: string, address: WalletAddress, report: DifferenceReport): Promise<void> {
    const batch = this.#db.batch();
    batch.set(this.#report(address), { ...address, ...report, resolvedAt: null });
    for (const name of ['checkpoint', 'full'] as const) batch.delete(this.#checkpoints(path).doc(name));
    await batch.commit();
  }

  /** Marks a wallet's report as resolved; returns whether there was an open report. */
  async resolveReport(address: WalletAddress, resolvedAt: IsoTime): Promise<boolean> {
    const reference = this.#report(address);
    const report = (await reference.get()).data();
    if (!report || report.resolvedAt) return false;
    await reference.update({ resolvedAt });
    return true;
  }

  #report({ accountId, walletId }: WalletAddress): DocumentReference<StoredReport> {
    // Encoded ids contain no colon, so no two wallets share a report.
    const id = `${encodeURIComponent(accountId)}:${encodeURIComponent(walletId)}`;
    return this.#db.collection('auditDifferences').withConverter(REPORTS).doc(id);
  }
}

function textOf(openDay: OpenDay | null): string | null {
  const text = openDay && JSON.stringify(openDay);
  return text && text.length <= MAX_OPEN_DAY_LENGTH ? text : null;
}

function partsOf(holds: readonly HoldItem[]): HoldItem[][] {
  const count = Math.ceil(holds.length / HOLDS_PER_DOCUMENT);
  return Array.from({ length: count }, (_, index) =>
    holds.slice(index * HOLDS_PER_DOCUMENT, (index + 1) * HOLDS_PER_DOCUMENT),
  );
}

/** Returns the number of documents that a checkpoint's open holds need. */
export function holdDocumentsOf(openHolds: number): number {
  return Math.max(1, Math.ceil(openHolds / HOLDS_PER_DOCUMENT));
}
