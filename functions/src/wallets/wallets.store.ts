import type {
  CollectionReference,
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  Timestamp,
} from 'firebase-admin/firestore';
import { FieldValue } from 'firebase-admin/firestore';
import type { IsoTime } from '../shared/time.ts';
import type { UnitOfWork } from '../shared/unitOfWork.ts';
import type { Decision, LedgerView } from './decide.ts';
import type { Entry } from './entry.ts';
import { emptyWallet, type Wallet, type WalletAddress } from './wallet.ts';

/** A wallet as it was read, and the version to which a write has to be tied; null: it doesn't exist yet. */
export interface StoredWallet {
  readonly wallet: Wallet;
  readonly updateTime: Timestamp | null;
}

/**
 * A wallet with entries of it. The SDK may fetch some of them in a second request when the first breaks off, so they
 * need not be of one moment: whatever is written is tied to the version that was read.
 */
export interface StoredLedger extends StoredWallet, LedgerView {
  readonly entryUpdateTimes: ReadonlyMap<string, Timestamp>;
}

/** What a set of decisions writes. */
export interface LedgerWrite {
  readonly before: StoredWallet & Partial<Pick<StoredLedger, 'entryUpdateTimes'>>;
  readonly after: Wallet;
  readonly created: readonly Entry[];
  readonly updated: readonly Entry[];
}

/** The versions that a commit gave to the wallet and to each entry that it wrote. */
export interface CommittedWrite {
  readonly updateTime: Timestamp;
  readonly entryUpdateTimes: ReadonlyMap<string, Timestamp>;
}

/** Filters of the ledger's list; `before` is exclusive, the newest come first. */
export interface EntryQuery {
  readonly kind?: string | undefined;
  readonly operation?: string | undefined;
  readonly from?: IsoTime | undefined;
  readonly to?: IsoTime | undefined;
  readonly beforeSequence?: number | undefined;
  readonly offset?: number | undefined;
  readonly limit: number;
}

/** A part of a list. */
export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** The only code that reads or writes wallets and their entries. */
export class WalletStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  walletRef(address: WalletAddress): DocumentReference {
    return this.#db.collection('accounts').doc(address.accountId).collection('wallets').doc(address.walletId);
  }

  #entries(address: WalletAddress): CollectionReference {
    return this.walletRef(address).collection('entries');
  }

  async readWallet(address: WalletAddress, now: IsoTime): Promise<Wallet> {
    return walletOf(await this.walletRef(address).get(), address, now).wallet;
  }

  async exists(address: WalletAddress): Promise<boolean> {
    return (await this.walletRef(address).get()).exists;
  }

  async listIds(accountId: string): Promise<string[]> {
    const wallets = this.#db.collection('accounts').doc(accountId).collection('wallets');
    return (await wallets.select().get()).docs.map(({ id }) => id);
  }

  async readEntry(address: WalletAddress, entryId: string): Promise<Entry | null> {
    const snapshot = await this.#entries(address).doc(entryId).get();
    return entryOf(snapshot);
  }

  /** The wallet and the named entries. */
  async readLedger(
    address: WalletAddress,
    entryIds: readonly string[],
    now: IsoTime,
    unit?: UnitOfWork,
  ): Promise<StoredLedger> {
    const ids = [...new Set(entryIds)];
    const references = [this.walletRef(address), ...ids.map((id) => this.#entries(address).doc(id))];
    const [walletSnapshot, ...entrySnapshots] = await (unit ?? this.#db).getAll(...references);
    if (!walletSnapshot) throw new Error('getAll answered without the wallet');
    const entries = new Map(ids.map((id, index) => [id, entryOf(entrySnapshots[index])]));
    const entryUpdateTimes = new Map(
      entrySnapshots.flatMap(({ id, updateTime }) => (updateTime ? [[id, updateTime] as const] : [])),
    );
    return { ...walletOf(walletSnapshot, address, now), entries, entryUpdateTimes };
  }

  /** Commits in one round trip, only if what is updated is still as it was read; answers with the new versions. */
  async commit(address: WalletAddress, write: LedgerWrite): Promise<CommittedWrite> {
    const batch = this.#db.batch();
    const walletRef = this.walletRef(address);
    const { updateTime, entryUpdateTimes } = write.before;
    this.#write(
      address,
      write,
      {
        create: (reference, fields) => batch.create(reference, fields),
        update: (reference, fields) => {
          const lastUpdateTime = reference === walletRef ? updateTime : entryUpdateTimes?.get(reference.id);
          if (!lastUpdateTime) throw new Error(`${reference.path} was not read before it is updated`);
          batch.update(reference, fields, { lastUpdateTime });
        },
      },
      walletRef,
    );
    const [wallet, ...entries] = await batch.commit();
    if (!wallet) throw new Error('a commit answered without a result');
    const ids = [...write.created, ...write.updated].map((entry) => entry.id);
    const times = entries.map(({ writeTime }, index) => [ids[index] ?? '', writeTime] as const);
    return { updateTime: wallet.writeTime, entryUpdateTimes: new Map(times) };
  }

  /** Adds the writes to a unit of work that has read the wallet. */
  commitIn(unit: UnitOfWork, address: WalletAddress, write: LedgerWrite): void {
    this.#write(address, write, unit, this.walletRef(address));
  }

  /** The wallet comes first, then the entries in order: so are the results. */
  #write(
    address: WalletAddress,
    write: LedgerWrite,
    target: Pick<UnitOfWork, 'create' | 'update'>,
    walletRef: DocumentReference,
  ): void {
    if (write.before.updateTime) target.update(walletRef, { ...write.after });
    else target.create(walletRef, { ...write.after });
    for (const entry of write.created) target.create(this.#entries(address).doc(entry.id), { ...entry });
    for (const hold of write.updated) {
      target.update(this.#entries(address).doc(hold.id), {
        ...changesOf(hold),
        openHoldExpiresAt: hold.openHoldExpiresAt ?? FieldValue.delete(),
      });
    }
  }

  /** Entries of a wallet, newest first. */
  async listEntries(address: WalletAddress, query: EntryQuery): Promise<Entry[]> {
    let entries = this.#entries(address).orderBy('sequence', 'desc').limit(query.limit);
    if (query.kind) entries = entries.where('kind', '==', query.kind);
    if (query.operation) entries = entries.where('operation', '==', query.operation);
    const upper = await this.#sequenceAt(address, query.to);
    const before = Math.min(query.beforeSequence ?? Infinity, upper ?? Infinity);
    if (before !== Infinity) entries = entries.where('sequence', '<', before);
    const lower = await this.#sequenceAt(address, query.from);
    if (query.from) {
      if (lower === null) return [];
      entries = entries.where('sequence', '>=', lower);
    }
    if (query.offset) entries = entries.offset(query.offset);
    const snapshot = await entries.get();
    return snapshot.docs.map((document) => document.data() as Entry);
  }

  /**
   * Takes from entries the words of whoever charged, and leaves every number; gives the sequence to go on after, or null
   * at the end.
   */
  async eraseTexts(address: WalletAddress, afterSequence: number, limit: number): Promise<number | null> {
    const { docs } = await this.#entries(address).orderBy('sequence').startAfter(afterSequence).limit(limit).get();
    const batch = this.#db.batch();
    for (const document of docs) {
      const { operation, charge } = document.data() as Entry;
      if (operation === undefined) continue;
      batch.update(document.ref, { description: operation, ...(charge && { 'charge.metadata': {} }) });
    }
    await batch.commit();
    const last = docs.at(-1)?.data() as Entry | undefined;
    return last && docs.length === limit ? last.sequence : null;
  }

  /** Sequence of the first entry at or after a moment; the ledger's time never runs backwards. */
  async #sequenceAt(address: WalletAddress, time: IsoTime | undefined): Promise<number | null> {
    if (!time) return null;
    // Entries of one commit share their time; the sequence tells which comes first.
    const snapshot = await this.#entries(address)
      .where('createdAt', '>=', time)
      .orderBy('createdAt')
      .orderBy('sequence')
      .limit(1)
      .get();
    return snapshot.docs[0] ? (snapshot.docs[0].data() as Entry).sequence : null;
  }

  /** Open holds of one wallet whose deadline has come, oldest deadline first. */
  async listLapsedHolds(address: WalletAddress, now: IsoTime, slice: Slice): Promise<Entry[]> {
    const snapshot = await this.#entries(address)
      .where('openHoldExpiresAt', '<=', now)
      .orderBy('openHoldExpiresAt')
      .offset(slice.offset)
      .limit(slice.limit)
      .get();
    return snapshot.docs.map((document) => document.data() as Entry);
  }

  /** Wallets with lots whose time has come, longest ago first. */
  async listWalletsWithLapsedLots(now: IsoTime, slice: Slice): Promise<Wallet[]> {
    const snapshot = await this.#db
      .collectionGroup('wallets')
      .where('nextExpiryAt', '<=', now)
      .orderBy('nextExpiryAt')
      .offset(slice.offset)
      .limit(slice.limit)
      .get();
    return snapshot.docs.map((document) => document.data() as Wallet);
  }

  /** The same over all wallets, for the sweeper. */
  async listLapsedHoldsEverywhere(now: IsoTime, slice: Slice): Promise<Entry[]> {
    const snapshot = await this.#db
      .collectionGroup('entries')
      .where('openHoldExpiresAt', '<=', now)
      .orderBy('openHoldExpiresAt')
      .offset(slice.offset)
      .limit(slice.limit)
      .get();
    return snapshot.docs.map((document) => document.data() as Entry);
  }
}

/** Of a hold only the state of its charge ever changes; the rest isn't sent again. */
function changesOf({ charge }: Entry): Record<string, unknown> {
  if (!charge) return {};
  const { status, capturedCredits, holdExpiresAt, settledAt, settledBalanceCredits } = charge;
  const state = { status, capturedCredits, holdExpiresAt, settledAt, settledBalanceCredits };
  return Object.fromEntries(Object.entries(state).map(([field, value]) => [`charge.${field}`, value]));
}

function walletOf(snapshot: DocumentSnapshot, address: WalletAddress, now: IsoTime): StoredWallet {
  if (!snapshot.exists) return { wallet: emptyWallet(address.accountId, address.walletId, now), updateTime: null };
  return { wallet: snapshot.data() as Wallet, updateTime: snapshot.updateTime ?? null };
}

function entryOf(snapshot: DocumentSnapshot | undefined): Entry | null {
  return snapshot?.exists ? (snapshot.data() as Entry) : null;
}

/** The write that a row of decisions on one wallet comes to; null when none of them changes anything. */
export function toWrite(before: LedgerWrite['before'], decisions: readonly Decision[]): LedgerWrite | null {
  const created = decisions.flatMap((decision) => decision.created);
  const last = decisions.at(-1);
  if (created.length === 0 || !last) return null;
  const final = new Map<string, Entry>();
  for (const { updated } of decisions) if (updated) final.set(updated.id, updated);
  // A hold that was made and settled in the same commit is written once, as it ended.
  const merged = created.map((entry) => final.get(entry.id) ?? entry);
  const updated = [...final.values()].filter((hold) => !created.some((entry) => entry.id === hold.id));
  return { before, after: last.wallet, created: merged, updated };
}
