import type { UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { CheckIn } from './checkIn.ts';

/** `checkIns/{accountId}`: the latest check-in of an account. */
export class CheckInStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(accountId: string): DocumentReference {
    return this.#db.collection('checkIns').doc(accountId);
  }

  async find(accountId: string): Promise<CheckIn | null> {
    return ((await this.#ref(accountId).get()).data() as CheckIn | undefined) ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<CheckIn | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return (snapshot?.data() as CheckIn | undefined) ?? null;
  }

  /** Writes the latest check-in of an account; the unit has read the one before. */
  writeIn(unit: UnitOfWork, before: CheckIn | null, checkIn: CheckIn): void {
    const reference = this.#ref(checkIn.accountId);
    if (before) unit.update(reference, { ...checkIn });
    else unit.create(reference, { ...checkIn });
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }
}
