import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { isAlreadyExists } from '../shared/firestoreErrors.ts';
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

  /** Stores a new refund, or gives the one that already has its id. */
  async createOrFind(refund: Refund): Promise<Refund> {
    try {
      await this.#ref(refund.id).create({ ...refund });
      return refund;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = await this.find(refund.id);
      if (!existing) throw error;
      return existing;
    }
  }

  /** Notes what the provider made of it; whoever asks says the same. */
  async update(refund: Refund): Promise<void> {
    await this.#ref(refund.id).update({ ...refund });
  }
}
