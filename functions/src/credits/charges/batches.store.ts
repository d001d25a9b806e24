import { isAlreadyExists } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';

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
    const reference = this.#db.collection('accounts').doc(accountId).collection('batches').doc(batchId);
    try {
      await reference.create({ requestHash });
      return true;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await reference.get()).get('requestHash') === requestHash;
    }
  }
}
