import { storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';

/** The document of one account. */
interface OpenCheckouts {
  readonly orderIds: readonly string[];
}

const OPEN_CHECKOUTS = storedAs<OpenCheckouts>();

/**
 * `openCheckouts/{accountId}`: ids of the account's latest orders that waited for their customer when they were placed.
 */
export class OpenCheckoutStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(accountId: string): DocumentReference<OpenCheckouts> {
    return this.#db.collection('openCheckouts').withConverter(OPEN_CHECKOUTS).doc(accountId);
  }

  /** Returns null for an account that never had an open checkout. */
  async orderIdsIn(unit: UnitOfWork, accountId: string): Promise<readonly string[] | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data()?.orderIds ?? null;
  }

  /**
   * Replaces the ids that the unit has read.
   * @param before the ids as the unit read them; null when the document doesn't exist yet
   */
  writeIn(unit: UnitOfWork, accountId: string, before: readonly string[] | null, orderIds: readonly string[]): void {
    if (before) unit.update(this.#ref(accountId), OPEN_CHECKOUTS.whole({ orderIds }));
    else unit.create(this.#ref(accountId), { orderIds });
  }
}
