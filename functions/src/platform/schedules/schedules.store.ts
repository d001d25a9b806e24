import { storedAs } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';

/** The position at which scheduled work continues. */
interface Position<C> {
  readonly cursor: C;
}

/** `schedules/{name}`: the position at which scheduled work stopped, so that the next run continues there. */
export class ScheduleStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref<C>(name: string): DocumentReference<Position<C>> {
    return this.#db.collection('schedules').withConverter(storedAs<Position<C>>()).doc(name);
  }

  /** Returns the position at which the work stopped; null if the next run starts at the beginning. */
  async readCursor<C>(name: string): Promise<C | null> {
    return (await this.#ref<C>(name).get()).data()?.cursor ?? null;
  }

  async writeCursor(name: string, cursor: unknown): Promise<void> {
    await this.#ref(name).set({ cursor });
  }
}
