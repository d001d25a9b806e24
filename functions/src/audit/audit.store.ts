import { type DocumentReference, FieldPath, type Firestore, type Timestamp } from 'firebase-admin/firestore';
import type { IsoTime } from '../shared/time.ts';
import type { Entry } from '../wallets/entry.ts';
import type { Wallet } from '../wallets/wallet.ts';
import type { Difference } from './audit.ts';

/** A wallet as it is stored, and its version. */
export interface AuditedWallet {
  readonly path: string;
  readonly wallet: Wallet;
  readonly updateTime: Timestamp;
}

/** How far the present round has come. */
export interface AuditRound {
  readonly startedAt: IsoTime;
  /** Path of the last wallet that was audited; null at the beginning. */
  readonly afterPath: string | null;
  readonly checkedWallets: number;
  readonly differingWallets: number;
}

/** What the audit reads and notes. It never writes a wallet or an entry. */
export class AuditStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  /** Wallets of all accounts in the order of their paths. */
  async listWallets(afterPath: string | null, limit: number): Promise<AuditedWallet[]> {
    let wallets = this.#db.collectionGroup('wallets').orderBy(FieldPath.documentId()).limit(limit);
    if (afterPath) wallets = wallets.startAfter(this.#db.doc(afterPath));
    const snapshot = await wallets.get();
    return snapshot.docs.map((document) => ({
      path: document.ref.path,
      wallet: document.data() as Wallet,
      updateTime: document.updateTime,
    }));
  }

  /** A wallet as it is now. */
  async readWallet(path: string): Promise<AuditedWallet> {
    const document = await this.#db.doc(path).get();
    if (!document.updateTime) throw new Error(`${path} is gone`);
    return { path, wallet: document.data() as Wallet, updateTime: document.updateTime };
  }

  /** Entries after one sequence and up to another, oldest first. */
  async listEntries(path: string, after: number, upTo: number, limit: number): Promise<Entry[]> {
    const snapshot = await this.#db
      .doc(path)
      .collection('entries')
      .where('sequence', '>', after)
      .where('sequence', '<=', upTo)
      .orderBy('sequence')
      .limit(limit)
      .get();
    return snapshot.docs.map((document) => document.data() as Entry);
  }

  /** What the open holds of a wallet have set aside. */
  async sumOpenHolds(path: string): Promise<number> {
    const snapshot = await this.#db.doc(path).collection('entries').where('openHoldExpiresAt', '>', '').get();
    return snapshot.docs.reduce((sum, document) => sum + ((document.data() as Entry).charge?.amountCredits ?? 0), 0);
  }

  #checkpoint(path: string): DocumentReference {
    return this.#db.doc(path).collection('audit').doc('checkpoint');
  }

  /** The wallet as the last audit rebuilt it; null before the first. */
  async readCheckpoint(path: string): Promise<Wallet | null> {
    return ((await this.#checkpoint(path).get()).data() as Wallet | undefined) ?? null;
  }

  async writeCheckpoint(path: string, rebuilt: Wallet): Promise<void> {
    await this.#checkpoint(path).set({ ...rebuilt });
  }

  async readRound(): Promise<AuditRound | null> {
    return ((await this.#db.collection('audits').doc('current').get()).data() as AuditRound | undefined) ?? null;
  }

  /** Notes how far the round is; null ends it. */
  async writeRound(round: AuditRound | null): Promise<void> {
    const reference = this.#db.collection('audits').doc('current');
    await (round ? reference.set({ ...round }) : reference.delete());
  }

  /** Notes that a wallet differs: one document a wallet, which says what was found last. */
  async reportDifferences(wallet: Wallet, differences: readonly Difference[], foundAt: IsoTime): Promise<void> {
    const { accountId, id: walletId, sequence } = wallet;
    const report = {
      accountId,
      walletId,
      sequence,
      foundAt,
      differences: differences.map((item) => JSON.stringify(item)),
    };
    await this.#db.collection('auditDifferences').doc(`${accountId}_${walletId}`).set(report);
  }
}
