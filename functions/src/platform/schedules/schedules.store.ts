import type { DocumentReference, Firestore } from 'firebase-admin/firestore';

/** `schedules/{name}`: where scheduled work stopped, so that the next run goes on from there. */
export class ScheduleStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(name: string): DocumentReference {
    return this.#db.collection('schedules').doc(name);
  }

  /** Where the work stopped; null when the next run begins at the front. */
  async readCursor<C>(name: string): Promise<C | null> {
    return ((await this.#ref(name).get()).get('cursor') as C | undefined) ?? null;
  }

  async writeCursor(name: string, cursor: unknown): Promise<void> {
    await this.#ref(name).set({ cursor });
  }
}
