import type { TimePosition, UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { Invoicing, InvoicingStatus } from './invoicing.ts';

/** `invoicing/{accountId}` */
export class InvoicingStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(accountId: string): DocumentReference {
    return this.#db.collection('invoicing').doc(accountId);
  }

  async find(accountId: string): Promise<Invoicing | null> {
    const snapshot = await this.#ref(accountId).get();
    return snapshot.exists ? (snapshot.data() as Invoicing) : null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<Invoicing | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot?.exists ? (snapshot.data() as Invoicing) : null;
  }

  /** Writes what follows from what the unit has read. */
  writeIn(unit: UnitOfWork, before: Invoicing | null, next: Invoicing): void {
    if (before) unit.update(this.#ref(next.id), { ...next });
    else unit.create(this.#ref(next.id), { ...next });
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }

  /** Those of a status, the latest request first. */
  async list(status: InvoicingStatus, limit: number, after: TimePosition | undefined): Promise<Invoicing[]> {
    let found = this.#db
      .collection('invoicing')
      .where('status', '==', status)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after) found = found.startAfter(after.createdAt, after.id);
    const snapshot = await found.get();
    return snapshot.docs.map((document) => document.data() as Invoicing);
  }
}
