import { type Page, pageById, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { Refund } from './refund.ts';

const REFUNDS = storedAs<Refund>();

/** `refunds/{id}` */
export class RefundStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #refunds(): CollectionReference<Refund> {
    return this.#db.collection('refunds').withConverter(REFUNDS);
  }

  #ref(refundId: string): DocumentReference<Refund> {
    return this.#refunds.doc(refundId);
  }

  async find(refundId: string): Promise<Refund | null> {
    const snapshot = await this.#ref(refundId).get();
    return snapshot.data() ?? null;
  }

  async findIn(unit: UnitOfWork, refundId: string): Promise<Refund | null> {
    const [snapshot] = await unit.getAll(this.#ref(refundId));
    return snapshot.data() ?? null;
  }

  createIn(unit: UnitOfWork, refund: Refund): void {
    unit.create(this.#ref(refund.id), refund);
  }

  /** Returns a page of an account's refunds, by id. */
  async listOf(accountId: string, limit: number, after: string | null): Promise<Page<Refund>> {
    const page = await pageById(this.#refunds.where('accountId', '==', accountId), limit, after);
    return { items: page.items.map((document) => document.data()), after: page.after };
  }

  /** Records the provider's answer. Concurrent writers have the same answer, so no check is needed. */
  async update(refund: Refund): Promise<void> {
    await this.#ref(refund.id).update(REFUNDS.whole(refund));
  }
}
