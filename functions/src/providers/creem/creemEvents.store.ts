import { type IsoTime, storedAs } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import type { CreemEvent } from './creemEvent.ts';

/** An event that came and hasn't had its effect yet; it names things at Creem and no person. */
export interface NotedEvent extends CreemEvent {
  readonly receivedAt: IsoTime;
}

/** A place among the noted events. */
export type NotedPosition = Pick<NotedEvent, 'id' | 'receivedAt'>;

const NOTED_EVENTS = storedAs<NotedEvent>();

/** `creemEvents/{eventId}`: empty as long as everything goes well. */
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

  /** Notes an event as of its latest delivery. */
  async note({ id, type, subject }: CreemEvent, receivedAt: IsoTime): Promise<void> {
    await this.#ref(id).set({ id, type, subject, receivedAt });
  }

  async find(eventId: string): Promise<NotedEvent | null> {
    return (await this.#ref(eventId).get()).data() ?? null;
  }

  async forget(eventId: string): Promise<void> {
    await this.#ref(eventId).delete();
  }

  /** Those that came before a moment, the oldest first. */
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
