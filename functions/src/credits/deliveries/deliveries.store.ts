import {
  type IsoTime,
  isAlreadyExists,
  storedAs,
  type TimePosition,
  type UnitOfWork,
  updatePage,
} from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore, Query } from 'firebase-admin/firestore';
import type { Delivery } from './delivery.ts';

/** Filters of an account's deliveries; undefined filters don't restrict the list. */
export type DeliveryFilter = Partial<Record<'status' | 'operation' | 'integrationId' | 'apiKeyId', string | undefined>>;

const DELIVERIES = storedAs<Delivery>();

/** `accounts/{accountId}/deliveries/{deliveryId}` */
export class DeliveryStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #of(accountId: string): CollectionReference<Delivery> {
    return this.#db.collection('accounts').doc(accountId).collection('deliveries').withConverter(DELIVERIES);
  }

  #ref({ accountId, id }: Pick<Delivery, 'accountId' | 'id'>): DocumentReference<Delivery> {
    return this.#of(accountId).doc(id);
  }

  async find(accountId: string, id: string): Promise<Delivery | null> {
    const snapshot = await this.#ref({ accountId, id }).get();
    return snapshot.data() ?? null;
  }

  /** Stores a new delivery, or returns the stored delivery with the same id. */
  async createOrFind(delivery: Delivery): Promise<Delivery> {
    try {
      await this.#ref(delivery).create(delivery);
      return delivery;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const existing = await this.find(delivery.accountId, delivery.id);
      if (!existing) throw error;
      return existing;
    }
  }

  async findIn(unit: UnitOfWork, delivery: Pick<Delivery, 'accountId' | 'id'>): Promise<Delivery> {
    const [snapshot] = await unit.getAll(this.#ref(delivery));
    const found = snapshot.data();
    if (!found) throw new Error(`delivery ${delivery.id} is gone`);
    return found;
  }

  /** Writes a delivery, in a unit that has read it. */
  updateIn(unit: UnitOfWork, delivery: Delivery): void {
    unit.update(this.#ref(delivery), DELIVERIES.whole(delivery));
  }

  /** Lists an account's deliveries, newest first. */
  async list(accountId: string, filter: DeliveryFilter, limit: number, after?: TimePosition): Promise<Delivery[]> {
    let found: Query<Delivery> = this.#of(accountId);
    for (const [field, value] of Object.entries(filter)) {
      if (value !== undefined) found = found.where(field, '==', value);
    }
    found = found.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit);
    if (after) found = found.startAfter(after.createdAt, after.id);
    const snapshot = await found.get();
    return snapshot.docs.map((document) => document.data());
  }

  /**
   * Erases recipients and the service's words from a page of an account's deliveries. Returns the id after which the
   * next page begins; null at the end.
   */
  eraseTexts(accountId: string, limit: number, after: string | null): Promise<string | null> {
    const erased = { recipient: null, resultJson: null, error: null, attempts: [] };
    return updatePage(this.#db, this.#of(accountId), limit, after, erased);
  }

  /** Lists open deliveries of all accounts that are due for a check, longest due first. */
  async listDue(now: IsoTime, { limit, offset }: { limit: number; offset: number }): Promise<Delivery[]> {
    const snapshot = await this.#db
      .collectionGroup('deliveries')
      .withConverter(DELIVERIES)
      .where('nextCheckAt', '<=', now)
      .orderBy('nextCheckAt')
      .offset(offset)
      .limit(limit)
      .get();
    return snapshot.docs.map((document) => document.data());
  }
}
