import { type Page, pageById, type UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { Refund } from './refund.ts';

/** `refunds/{id}` */
export class RefundStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(refundId: string): DocumentReference {
    return this.#db.collection('refunds').doc(refundId);
  }

  async find(refundId: string): Promise<Refund | null> {
    const snapshot = await this.#ref(refundId).get();
    return snapshot.exists ? (snapshot.data() as Refund) : null;
  }

  async findIn(unit: UnitOfWork, refundId: string): Promise<Refund | null> {
    const [snapshot] = await unit.getAll(this.#ref(refundId));
    return snapshot?.exists ? (snapshot.data() as Refund) : null;
  }

  createIn(unit: UnitOfWork, refund: Refund): void {
    unit.create(this.#ref(refund.id), { ...refund });
  }

  /** A page of an account's refunds, by their ids. */
  async listOf(accountId: string, limit: number, after: string | null): Promise<Page<Refund>> {
    const page = await pageById(this.#db.collection('refunds').where('accountId', '==', accountId), limit, after);
    return { items: page.items.map((document) => document.data() as Refund), after: page.after };
  }

  /** Notes what the provider made of it; whoever asks says the same. */
  async update(refund: Refund): Promise<void> {
    await this.#ref(refund.id).update({ ...refund });
  }
}
