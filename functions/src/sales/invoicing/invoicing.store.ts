import { storedAs, type TimePosition, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { Invoicing, InvoicingStatus } from './invoicing.ts';

const INVOICING = storedAs<Invoicing>();

/** Stores `invoicing/{accountId}`. */
export class InvoicingStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #invoicing(): CollectionReference<Invoicing> {
    return this.#db.collection('invoicing').withConverter(INVOICING);
  }

  #ref(accountId: string): DocumentReference<Invoicing> {
    return this.#invoicing.doc(accountId);
  }

  async find(accountId: string): Promise<Invoicing | null> {
    const snapshot = await this.#ref(accountId).get();
    return snapshot.data() ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<Invoicing | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data() ?? null;
  }

  /** Creates or updates a request; `before` is the request that the unit has read. */
  writeIn(unit: UnitOfWork, before: Invoicing | null, next: Invoicing): void {
    if (before) unit.update(this.#ref(next.id), INVOICING.whole(next));
    else unit.create(this.#ref(next.id), next);
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }

  /** Lists the requests with a status, newest first. */
  async list(status: InvoicingStatus, limit: number, after: TimePosition | undefined): Promise<Invoicing[]> {
    let found = this.#invoicing
      .where('status', '==', status)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after) found = found.startAfter(after.createdAt, after.id);
    const snapshot = await found.get();
    return snapshot.docs.map((document) => document.data());
  }
}
