import { storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { CheckIn } from './checkIn.ts';

const CHECK_INS = storedAs<CheckIn>();

/** `checkIns/{accountId}`: the latest check-in of an account. */
export class CheckInStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #checkIns(): CollectionReference<CheckIn> {
    return this.#db.collection('checkIns').withConverter(CHECK_INS);
  }

  #ref(accountId: string): DocumentReference<CheckIn> {
    return this.#checkIns.doc(accountId);
  }

  async find(accountId: string): Promise<CheckIn | null> {
    return (await this.#ref(accountId).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<CheckIn | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data() ?? null;
  }

  /** Writes the latest check-in of an account, in a unit that has read the previous one. */
  writeIn(unit: UnitOfWork, before: CheckIn | null, checkIn: CheckIn): void {
    const reference = this.#ref(checkIn.accountId);
    if (before) unit.update(reference, CHECK_INS.whole(checkIn));
    else unit.create(reference, checkIn);
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }
}
