import { isAlreadyExists, storedAs } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';

/** The request that used a batch's Idempotency-Key, as its hash. */
interface Batch {
  readonly requestHash: string;
}

const BATCHES = storedAs<Batch>();

/**
 * `accounts/{accountId}/batches/{batchId}`: the request of an idempotent batch, stored before the first of its charges.
 */
export class BatchStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  /** Stores a batch's request; returns false if the batch id was already used for another request. */
  async claim(accountId: string, batchId: string, requestHash: string): Promise<boolean> {
    const batches = this.#db.collection('accounts').doc(accountId).collection('batches').withConverter(BATCHES);
    const reference = batches.doc(batchId);
    try {
      await reference.create({ requestHash });
      return true;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await reference.get()).data()?.requestHash === requestHash;
    }
  }
}
