import { storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { Alerts } from './alerts.ts';

const ALERTS = storedAs<Alerts>();

/** Reads and writes `alerts/{accountId}`. */
export class AlertStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #alerts(): CollectionReference<Alerts> {
    return this.#db.collection('alerts').withConverter(ALERTS);
  }

  #ref(accountId: string): DocumentReference<Alerts> {
    return this.#alerts.doc(accountId);
  }

  async find(accountId: string): Promise<Alerts | null> {
    return (await this.#ref(accountId).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<Alerts | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data() ?? null;
  }

  /** Overwrites alerts that the same unit of work has read. */
  writeIn(unit: UnitOfWork, alerts: Alerts): void {
    unit.update(this.#ref(alerts.accountId), ALERTS.whole(alerts));
  }

  createIn(unit: UnitOfWork, alerts: Alerts): void {
    unit.create(this.#ref(alerts.accountId), alerts);
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }

  /** Returns a page of the account ids that the sweep has to check, in ascending order. */
  async listWatched(afterAccountId: string | null, limit: number): Promise<string[]> {
    let query = this.#alerts.where('isWatched', '==', true).orderBy('accountId').limit(limit);
    if (afterAccountId !== null) query = query.startAfter(afterAccountId);
    return (await query.get()).docs.map((document) => document.id);
  }
}
