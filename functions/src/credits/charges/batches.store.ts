import { isAlreadyExists, storedAs } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';

/** Which request a batch was. */
interface Batch {
  readonly requestHash: string;
}

const BATCHES = storedAs<Batch>();

/**
 * `accounts/{accountId}/batches/{batchId}`: which request an idempotent batch was, before any of its charges is made.
 */
export class BatchStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  /** Notes the batch; false if its id stands for another request. */
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
