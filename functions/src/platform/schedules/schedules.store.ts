import { storedAs } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';

/** Where scheduled work goes on. */
interface Position<C> {
  readonly cursor: C;
}

/** `schedules/{name}`: where scheduled work stopped, so that the next run goes on from there. */
export class ScheduleStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref<C>(name: string): DocumentReference<Position<C>> {
    return this.#db.collection('schedules').withConverter(storedAs<Position<C>>()).doc(name);
  }

  /** Where the work stopped; null when the next run begins at the front. */
  async readCursor<C>(name: string): Promise<C | null> {
    return (await this.#ref<C>(name).get()).data()?.cursor ?? null;
  }

  async writeCursor(name: string, cursor: unknown): Promise<void> {
    await this.#ref(name).set({ cursor });
  }
}
