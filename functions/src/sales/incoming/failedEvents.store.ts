import type { IsoTime, TimePosition } from '@cloud-bridge/base';
import { type DocumentReference, FieldPath, type Firestore } from 'firebase-admin/firestore';
import type { EventMarker, FailedEvent, FailedPosition } from './incomingEvent.ts';

/** `webhookFailures/{provider_eventId}`: empty as long as everything goes well. */
export class FailedEventStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref({ provider, eventId }: Pick<EventMarker, 'provider' | 'eventId'>): DocumentReference {
    return this.#db.collection('webhookFailures').doc(`${provider}_${eventId}`);
  }

  /** Notes a failure, over an earlier one of the same event. */
  async note(failure: Omit<FailedEvent, 'failedSince' | 'outcome'>): Promise<void> {
    const reference = this.#ref(failure);
    const failedSince = (await reference.get()).get('failedSince') ?? failure.handledAt;
    await reference.set({ ...failure, outcome: 'failed', failedSince });
  }

  async find(event: Pick<EventMarker, 'provider' | 'eventId'>): Promise<FailedEvent | null> {
    return ((await this.#ref(event).get()).data() as FailedEvent | undefined) ?? null;
  }

  /** Forgets the failure of an event that has been handled after all. */
  async forget(event: Pick<EventMarker, 'provider' | 'eventId'>): Promise<void> {
    await this.#ref(event).delete();
  }

  /** Failures, the latest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<FailedEvent[]> {
    let failures = this.#db
      .collection('webhookFailures')
      .orderBy('handledAt', 'desc')
      .orderBy('eventId', 'desc')
      .limit(limit);
    if (after) failures = failures.startAfter(after.createdAt, after.id);
    return (await failures.get()).docs.map((document) => document.data() as FailedEvent);
  }

  /** Failures that nobody has tried again since a moment, longest first. */
  async listUntriedSince(before: IsoTime, after: FailedPosition | null, limit: number): Promise<FailedEvent[]> {
    let failures = this.#db
      .collection('webhookFailures')
      .where('handledAt', '<', before)
      .orderBy('handledAt')
      .orderBy(FieldPath.documentId())
      .limit(limit);
    if (after) failures = failures.startAfter(after.handledAt, this.#ref(after).id);
    return (await failures.get()).docs.map((document) => document.data() as FailedEvent);
  }
}
