import { type IsoTime, storedAs, type TimePosition } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import type { EventMarker, FailedEvent, FailedPosition } from './incomingEvent.ts';

const FAILED_EVENTS = storedAs<FailedEvent>();

/** `webhookFailures/{provider_eventId}`; empty as long as all events can be handled. */
export class FailedEventStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #failures(): CollectionReference<FailedEvent> {
    return this.#db.collection('webhookFailures').withConverter(FAILED_EVENTS);
  }

  #ref({ provider, eventId }: Pick<EventMarker, 'provider' | 'eventId'>): DocumentReference<FailedEvent> {
    return this.#failures.doc(`${provider}_${eventId}`);
  }

  /** Records a failure; replaces an earlier failure of the same event, but keeps the time of the first one. */
  async note(failure: Omit<FailedEvent, 'failedSince' | 'outcome'>): Promise<void> {
    const reference = this.#ref(failure);
    const failedSince = (await reference.get()).data()?.failedSince ?? failure.handledAt;
    await reference.set({ ...failure, outcome: 'failed', failedSince });
  }

  async find(event: Pick<EventMarker, 'provider' | 'eventId'>): Promise<FailedEvent | null> {
    return (await this.#ref(event).get()).data() ?? null;
  }

  /** Deletes the failure of an event that has been handled by now. */
  async forget(event: Pick<EventMarker, 'provider' | 'eventId'>): Promise<void> {
    await this.#ref(event).delete();
  }

  /** Lists failures, latest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<FailedEvent[]> {
    let failures = this.#failures.orderBy('handledAt', 'desc').orderBy('eventId', 'desc').limit(limit);
    if (after) failures = failures.startAfter(after.createdAt, after.id);
    return (await failures.get()).docs.map((document) => document.data());
  }

  /** Lists failures whose last attempt was before a moment, oldest attempt first. */
  async listUntriedSince(before: IsoTime, after: FailedPosition | null, limit: number): Promise<FailedEvent[]> {
    let failures = this.#failures
      .where('handledAt', '<', before)
      .orderBy('handledAt')
      .orderBy(FieldPath.documentId())
      .limit(limit);
    if (after) failures = failures.startAfter(after.handledAt, this.#ref(after).id);
    return (await failures.get()).docs.map((document) => document.data());
  }
}
