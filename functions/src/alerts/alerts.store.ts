import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { IsoTime } from '../shared/time.ts';
import { runUnitOfWork, type UnitOfWork } from '../shared/unitOfWork.ts';
import { type Alerts, nextLevel } from './alerts.ts';

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

  /** Changes or makes alerts by a pure rule. */
  async change(accountId: string, rule: (before: Alerts | null) => Alerts): Promise<Alerts> {
    return runUnitOfWork(this.#db, async (unit) => {
      const before = await this.findIn(unit, accountId);
      const after = rule(before);
      if (before) this.writeIn(unit, after);
      else unit.create(this.#ref(accountId), { ...after });
      return after;
    });
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }

  /** For the watch: the balance below which there is something to tell; null for none. */
  async findLevel(accountId: string): Promise<number | null> {
    const alerts = await this.find(accountId);
    return alerts && nextLevel(alerts);
  }

  /** Notes that there may be something to tell, which wakes the trigger. Fails where nothing is set up. */
  async ask(accountId: string, askedAt: IsoTime): Promise<void> {
    await this.#ref(accountId).update({ askedAt });
  }

  /** Accounts that the sweep has to look at, in the order of their ids. */
  async listWatched(afterAccountId: string | null, limit: number): Promise<string[]> {
    let query = this.#db.collection('alerts').where('isWatched', '==', true).orderBy('accountId').limit(limit);
    if (afterAccountId !== null) query = query.startAfter(afterAccountId);
    return (await query.get()).docs.map((document) => document.id);
  }
}
