import { type IsoTime, isAlreadyExists, type TimePosition, type UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { IncomingEvent } from './incomingEvent.ts';

/** `webhookEvents/{provider_eventId}` and `webhookBacklogs/{provider}` */
export class IncomingEventStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref({ provider, eventId }: Pick<IncomingEvent, 'provider' | 'eventId'>): DocumentReference {
    return this.#db.collection('webhookEvents').doc(`${provider}_${eventId}`);
  }

  /** True for an event that has had its effect; `onceFor` asks. */
  async isMarkedIn(unit: UnitOfWork, event: Pick<IncomingEvent, 'provider' | 'eventId'>): Promise<boolean> {
    const [snapshot] = await unit.getAll(this.#ref(event));
    return snapshot?.exists === true;
  }

  /** True for an event that has had its effect. */
  async isMarked(event: Pick<IncomingEvent, 'provider' | 'eventId'>): Promise<boolean> {
    return (await this.find(event)) !== null;
  }

  /** The marker of an event; null for one that has had no effect. */
  async find(event: Pick<IncomingEvent, 'provider' | 'eventId'>): Promise<IncomingEvent | null> {
    return ((await this.#ref(event).get()).data() as IncomingEvent | undefined) ?? null;
  }

  /** Those of several events of a provider that have had no effect yet. */
  async unmarkedAmong<E extends { readonly id: string }>(
    provider: IncomingEvent['provider'],
    events: readonly E[],
  ): Promise<E[]> {
    if (events.length === 0) return [];
    const markers = await this.#db.getAll(...events.map(({ id }) => this.#ref({ provider, eventId: id })));
    return events.filter((_event, index) => markers[index]?.exists !== true);
  }

  /** Events that have had their effect, the latest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<IncomingEvent[]> {
    let events = this.#db
      .collection('webhookEvents')
      .orderBy('handledAt', 'desc')
      .orderBy('eventId', 'desc')
      .limit(limit);
    if (after) events = events.startAfter(after.createdAt, after.id);
    return (await events.get()).docs.map((document) => document.data() as IncomingEvent);
  }

  /** Adds the marker of an event to the unit of work; `onceFor` does it. */
  markIn(unit: UnitOfWork, event: IncomingEvent): void {
    unit.create(this.#ref(event), { ...event });
  }

  /** Up to when everything that a provider told of has been looked at; null before the first time. */
  async readUntil(provider: IncomingEvent['provider']): Promise<IsoTime | null> {
    return (await this.#backlog(provider).get()).get('readUntil') ?? null;
  }

  async writeReadUntil(provider: IncomingEvent['provider'], readUntil: IsoTime): Promise<void> {
    await this.#backlog(provider).set({ readUntil });
  }

  #backlog(provider: IncomingEvent['provider']): DocumentReference {
    return this.#db.collection('webhookBacklogs').doc(provider);
  }

  /** Marks an event that has no effect; false if it was marked before. */
  async mark(event: IncomingEvent): Promise<boolean> {
    try {
      await this.#ref(event).create({ ...event });
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }
}
