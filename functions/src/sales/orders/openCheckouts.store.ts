import { storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';

/** Orders of an account. */
interface OpenCheckouts {
  readonly orderIds: readonly string[];
}

const OPEN_CHECKOUTS = storedAs<OpenCheckouts>();

/**
 * `openCheckouts/{accountId}`: the ids of an account's latest orders that waited for their customer when they were
 * made.
 */
export class OpenCheckoutStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(accountId: string): DocumentReference<OpenCheckouts> {
    return this.#db.collection('openCheckouts').withConverter(OPEN_CHECKOUTS).doc(accountId);
  }

  /** Null for an account that has never had one. */
  async orderIdsIn(unit: UnitOfWork, accountId: string): Promise<readonly string[] | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data()?.orderIds ?? null;
  }

  /** Writes what takes the place of the ids that the unit has read. */
  writeIn(unit: UnitOfWork, accountId: string, before: readonly string[] | null, orderIds: readonly string[]): void {
    if (before) unit.update(this.#ref(accountId), OPEN_CHECKOUTS.whole({ orderIds }));
    else unit.create(this.#ref(accountId), { orderIds });
  }
}
