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

  /** Writes one that the unit has read. */
  writeIn(unit: UnitOfWork, autoTopUp: AutoTopUp): void {
    unit.update(this.#ref(autoTopUp.accountId), AUTO_TOP_UPS.whole(autoTopUp));
  }

  /**
   * Changes or makes one by a pure rule; a rule that gives the same object back, or null, writes nothing.
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

  /** For the watch: the balance below which something is bought; null where nothing is. */
  async findLevel(accountId: string): Promise<number | null> {
    const autoTopUp = await this.find(accountId);
    return autoTopUp?.enabled && !autoTopUp.pause ? autoTopUp.thresholdCredits : null;
  }

  /** Notes that there may be something to do, which wakes the trigger. Fails where nothing is set up. */
  async ask(accountId: string, askedAt: IsoTime): Promise<void> {
    await this.#ref(accountId).update({ askedAt });
  }

  /** Forgets what an account wants; nothing may be in flight. */
  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }

  /** Accounts that the sweep has to look at, in the order of their ids. */
  async listWatched(afterAccountId: string | null, limit: number): Promise<string[]> {
    let query = this.#autoTopUps.where('isWatched', '==', true).orderBy('accountId').limit(limit);
    if (afterAccountId !== null) query = query.startAfter(afterAccountId);
    const snapshot = await query.get();
    return snapshot.docs.map((document) => document.id);
  }
}
