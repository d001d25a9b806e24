import type { UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { Alerts } from './alerts.ts';

/** `alerts/{accountId}` */
export class AlertStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(accountId: string): DocumentReference {
    return this.#db.collection('alerts').doc(accountId);
  }

  async find(accountId: string): Promise<Alerts | null> {
    return ((await this.#ref(accountId).get()).data() as Alerts | undefined) ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<Alerts | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return (snapshot?.data() as Alerts | undefined) ?? null;
  }

  /** Writes alerts that the unit has read. */
  writeIn(unit: UnitOfWork, alerts: Alerts): void {
    unit.update(this.#ref(alerts.accountId), { ...alerts });
  }

  createIn(unit: UnitOfWork, alerts: Alerts): void {
    unit.create(this.#ref(alerts.accountId), { ...alerts });
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }

  /** Accounts that the sweep has to look at, in the order of their ids. */
  async listWatched(afterAccountId: string | null, limit: number): Promise<string[]> {
    let query = this.#db.collection('alerts').where('isWatched', '==', true).orderBy('accountId').limit(limit);
    if (afterAccountId !== null) query = query.startAfter(afterAccountId);
    return (await query.get()).docs.map((document) => document.id);
  }
}
