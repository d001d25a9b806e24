import {
  type IsoTime,
  isAlreadyExists,
  readAll,
  storedAs,
  type TimePosition,
  type UnitOfWork,
} from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { IncomingEvent } from './incomingEvent.ts';

/** How far a provider's list of events has been read. */
interface Backlog {
  readonly readUntil: IsoTime;
}

const INCOMING_EVENTS = storedAs<IncomingEvent>();
const BACKLOGS = storedAs<Backlog>();

/** `webhookEvents/{provider_eventId}` and `webhookBacklogs/{provider}` */
export class IncomingEventStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #events(): CollectionReference<IncomingEvent> {
    return this.#db.collection('webhookEvents').withConverter(INCOMING_EVENTS);
  }

  #ref({ provider, eventId }: Pick<IncomingEvent, 'provider' | 'eventId'>): DocumentReference<IncomingEvent> {
    return this.#events.doc(`${provider}_${eventId}`);
  }

  /** True for an event that has had its effect, read within the unit; only `onceFor` calls this. */
  async isMarkedIn(unit: UnitOfWork, event: Pick<IncomingEvent, 'provider' | 'eventId'>): Promise<boolean> {
    const [snapshot] = await unit.getAll(this.#ref(event));
    return snapshot.exists;
  }

  /** True for an event that has had its effect. */
  async isMarked(event: Pick<IncomingEvent, 'provider' | 'eventId'>): Promise<boolean> {
    return (await this.find(event)) !== null;
  }

  /** Returns the marker of an event; null for an event without effect so far. */
  async find(event: Pick<IncomingEvent, 'provider' | 'eventId'>): Promise<IncomingEvent | null> {
    return (await this.#ref(event).get()).data() ?? null;
  }

  /** Returns those of a provider's events that have had no effect yet. */
  async unmarkedAmong<E extends { readonly id: string }>(
    provider: IncomingEvent['provider'],
    events: readonly E[],
  ): Promise<E[]> {
    if (events.length === 0) return [];
    const markers = await readAll(this.#db, ...events.map(({ id }) => this.#ref({ provider, eventId: id })));
    return events.filter((_event, index) => markers[index]?.exists !== true);
  }

  /** Lists events that have had their effect, latest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<IncomingEvent[]> {
    let events = this.#events.orderBy('handledAt', 'desc').orderBy('eventId', 'desc').limit(limit);
    if (after) events = events.startAfter(after.createdAt, after.id);
    return (await events.get()).docs.map((document) => document.data());
  }

  /** Adds the marker of an event to the unit of work; only `onceFor` calls this. */
  markIn(unit: UnitOfWork, event: IncomingEvent): void {
    unit.create(this.#ref(event), event);
  }

  /** Returns the time up to which all events of a provider have been read; null before the first reading. */
  async readUntil(provider: IncomingEvent['provider']): Promise<IsoTime | null> {
    return (await this.#backlog(provider).get()).data()?.readUntil ?? null;
  }

  async writeReadUntil(provider: IncomingEvent['provider'], readUntil: IsoTime): Promise<void> {
    await this.#backlog(provider).set({ readUntil });
  }

  #backlog(provider: IncomingEvent['provider']): DocumentReference<Backlog> {
    return this.#db.collection('webhookBacklogs').withConverter(BACKLOGS).doc(provider);
  }

  /** Marks an event that changes nothing; returns false if the event was marked before. */
  async mark(event: IncomingEvent): Promise<boolean> {
    try {
      await this.#ref(event).create(event);
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }
}
