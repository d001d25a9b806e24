import { type IsoTime, storedAs } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import type { CreemEvent } from './creemEvent.ts';

/** An event that has arrived, but hasn't taken effect yet. It contains ids of Creem's objects, and no personal data. */
export interface NotedEvent extends CreemEvent {
  readonly receivedAt: IsoTime;
}

/** The position of a page in the list of noted events. */
export type NotedPosition = Pick<NotedEvent, 'id' | 'receivedAt'>;

const NOTED_EVENTS = storedAs<NotedEvent>();

/** Stores `creemEvents/{eventId}`, which is empty as long as all events are handled. */
export class CreemEventStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #events(): CollectionReference<NotedEvent> {
    return this.#db.collection('creemEvents').withConverter(NOTED_EVENTS);
  }

  #ref(eventId: string): DocumentReference<NotedEvent> {
    return this.#events.doc(eventId);
  }

  /** Stores an event; a later delivery overwrites an earlier one. */
  async note({ id, type, subject }: CreemEvent, receivedAt: IsoTime): Promise<void> {
    await this.#ref(id).set({ id, type, subject, receivedAt });
  }

  async find(eventId: string): Promise<NotedEvent | null> {
    return (await this.#ref(eventId).get()).data() ?? null;
  }

  async forget(eventId: string): Promise<void> {
    await this.#ref(eventId).delete();
  }

  /** Lists the events that arrived before a time, oldest first. */
  async listBefore(before: IsoTime, after: NotedPosition | null, limit: number): Promise<NotedEvent[]> {
    let events = this.#events
      .where('receivedAt', '<', before)
      .orderBy('receivedAt')
      .orderBy(FieldPath.documentId())
      .limit(limit);
    if (after) events = events.startAfter(after.receivedAt, after.id);
    return (await events.get()).docs.map((document) => document.data());
  }
}
