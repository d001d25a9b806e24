import { type IsoTime, runUnitOfWork, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { AutoTopUp } from './autoTopUp.ts';

const AUTO_TOP_UPS = storedAs<AutoTopUp>();

/** `autoTopUps/{accountId}` */
export class AutoTopUpStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #autoTopUps(): CollectionReference<AutoTopUp> {
    return this.#db.collection('autoTopUps').withConverter(AUTO_TOP_UPS);
  }

  #ref(accountId: string): DocumentReference<AutoTopUp> {
    return this.#autoTopUps.doc(accountId);
  }

  async find(accountId: string): Promise<AutoTopUp | null> {
    return (await this.#ref(accountId).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<AutoTopUp | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data() ?? null;
  }

  /** Writes an automatic top-up that the unit has read. */
  writeIn(unit: UnitOfWork, autoTopUp: AutoTopUp): void {
    unit.update(this.#ref(autoTopUp.accountId), AUTO_TOP_UPS.whole(autoTopUp));
  }

  /**
   * Changes or creates an account's automatic top-up by a pure rule. Writes nothing when the rule returns null or the
   * same object.
   * @param alongside adds writes to the same commit
   */
  async change<T extends AutoTopUp | null>(
    accountId: string,
    rule: (before: AutoTopUp | null) => T,
    alongside?: (unit: UnitOfWork, before: AutoTopUp | null, after: AutoTopUp) => void,
  ): Promise<T> {
    return runUnitOfWork(this.#db, async (unit) => {
      const before = await this.findIn(unit, accountId);
      const after = rule(before);
      if (after === null || after === before) return after;
      if (before) this.writeIn(unit, after);
      else unit.create(this.#ref(accountId), after);
      alongside?.(unit, before, after);
      return after;
    });
  }

  /** Returns the threshold for the balance watch, in credits; null while automatic top-up is off or paused. */
  async findLevel(accountId: string): Promise<number | null> {
    const autoTopUp = await this.find(accountId);
    return autoTopUp?.enabled && !autoTopUp.pause ? autoTopUp.thresholdCredits : null;
  }

  /** Records that a check is wanted, which starts the trigger. Fails for an account without automatic top-up. */
  async ask(accountId: string, askedAt: IsoTime): Promise<void> {
    await this.#ref(accountId).update({ askedAt });
  }

  /** Deletes an account's automatic top-up. No order may be in flight. */
  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }

  /** Lists the accounts that the sweep has to check, by id. */
  async listWatched(afterAccountId: string | null, limit: number): Promise<string[]> {
    let query = this.#autoTopUps.where('isWatched', '==', true).orderBy('accountId').limit(limit);
    if (afterAccountId !== null) query = query.startAfter(afterAccountId);
    const snapshot = await query.get();
    return snapshot.docs.map((document) => document.id);
  }
}
