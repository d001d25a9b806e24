import { type IsoTime, storedAs, type TimePosition } from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import type { EventMarker, FailedEvent, FailedPosition } from './incomingEvent.ts';

const FAILED_EVENTS = storedAs<FailedEvent>();

/** `webhookFailures/{provider_eventId}`: empty as long as everything goes well. */
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

  /** Notes a failure, over an earlier one of the same event. */
  async note(failure: Omit<FailedEvent, 'failedSince' | 'outcome'>): Promise<void> {
    const reference = this.#ref(failure);
    const failedSince = (await reference.get()).data()?.failedSince ?? failure.handledAt;
    await reference.set({ ...failure, outcome: 'failed', failedSince });
  }

  async find(event: Pick<EventMarker, 'provider' | 'eventId'>): Promise<FailedEvent | null> {
    return (await this.#ref(event).get()).data() ?? null;
  }

  /** Forgets the failure of an event that has been handled after all. */
  async forget(event: Pick<EventMarker, 'provider' | 'eventId'>): Promise<void> {
    await this.#ref(event).delete();
  }

  /** Failures, the latest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<FailedEvent[]> {
    let failures = this.#failures.orderBy('handledAt', 'desc').orderBy('eventId', 'desc').limit(limit);
    if (after) failures = failures.startAfter(after.createdAt, after.id);
    return (await failures.get()).docs.map((document) => document.data());
  }

  /** Failures that nobody has tried again since a moment, longest first. */
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
