import { type IsoTime, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import { type WalletAddress, walletKey } from '@cloud-bridge/ledger';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import { type Figures, NO_FIGURES, plus } from './figures.ts';
import type { Month, ReportedWallet } from './monthlyChanges.ts';

/** The progress of the round through all wallets. */
export interface ReportProgress {
  /** The start of the round; null if no round is under way. */
  readonly startedAt: IsoTime | null;
  /** The last reported wallet; null at the beginning. */
  readonly after: WalletAddress | null;
  /** The start of the last complete round; the report contains all entries before it. */
  readonly completeUntil: IsoTime | null;
}

interface StoredMonth {
  readonly month: Month;
  readonly changes: Figures;
}

const MONTHS = storedAs<StoredMonth>();
const PROGRESS = storedAs<ReportProgress>();
const REPORTED_WALLETS = storedAs<ReportedWallet>();

/** `reports/{month}`, `reports/progress`, and `accounts/{accountId}/wallets/{walletId}/reported/credits` */
export class ReportStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #months(): CollectionReference<StoredMonth> {
    return this.#db.collection('reports').withConverter(MONTHS);
  }

  #monthRef(month: Month): DocumentReference<StoredMonth> {
    return this.#months.doc(month);
  }

  get #progress(): DocumentReference<ReportProgress> {
    return this.#db.collection('reports').withConverter(PROGRESS).doc('progress');
  }

  #reportedRef({ accountId, walletId }: WalletAddress): DocumentReference<ReportedWallet> {
    const wallet = this.#db.doc(`accounts/${accountId}/wallets/${walletId}`);
    return wallet.collection('reported').withConverter(REPORTED_WALLETS).doc('credits');
  }

  /** Reads the reported state of wallets, by wallet key; null if a wallet isn't in the report yet. */
  async reportedIn(
    unit: UnitOfWork,
    addresses: readonly WalletAddress[],
  ): Promise<ReadonlyMap<string, ReportedWallet | null>> {
    const snapshots = await unit.getAll(...addresses.map((address) => this.#reportedRef(address)));
    const stored = snapshots.map((snapshot) => snapshot.data() ?? null);
    return new Map(addresses.map((address, index) => [walletKey(address), stored[index] ?? null]));
  }

  writeReportedIn(unit: UnitOfWork, address: WalletAddress, before: ReportedWallet | null, next: ReportedWallet): void {
    if (before) unit.update(this.#reportedRef(address), REPORTED_WALLETS.whole(next));
    else unit.create(this.#reportedRef(address), next);
  }

  /** Reads months, and returns a function that adds changes to them after the unit's last read. */
  async stageMonths(unit: UnitOfWork, changes: ReadonlyMap<Month, Figures>): Promise<() => void> {
    const months = [...changes.keys()];
    if (months.length === 0) return () => {};
    const snapshots = await unit.getAll(...months.map((month) => this.#monthRef(month)));
    return () => {
      for (const [index, snapshot] of snapshots.entries()) {
        const month = months[index] as Month;
        const before = snapshot.data()?.changes ?? NO_FIGURES;
        const next: StoredMonth = { month, changes: plus(before, changes.get(month) ?? NO_FIGURES) };
        if (snapshot.exists) unit.update(snapshot.ref, MONTHS.whole(next));
        else unit.create(snapshot.ref, next);
      }
    };
  }

  /** Lists all months that have entries. */
  async listMonths(): Promise<StoredMonth[]> {
    const months = this.#months.where(FieldPath.documentId(), '<', 'progress');
    return (await months.get()).docs.map((document) => document.data());
  }

  async readProgress(): Promise<ReportProgress> {
    const stored = (await this.#progress.get()).data();
    return stored ?? { startedAt: null, after: null, completeUntil: null };
  }

  async writeProgress(progress: ReportProgress): Promise<void> {
    await this.#progress.set(progress);
  }
}
