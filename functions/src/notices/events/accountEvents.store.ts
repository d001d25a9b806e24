import { deletePage, type IsoTime, type Page, pageById, type UnitOfWork } from '@cloud-bridge/base';
import { type DocumentReference, FieldValue, type Firestore, type Query } from 'firebase-admin/firestore';
import type { AccountEvent } from './accountEvent.ts';
import { createEvent, eventRef, eventsIn } from './outbox.ts';

/** Reads and writes `accountEvents/{eventId}`, the outbox of events for accounts. */
export class AccountEventStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(eventId: string): DocumentReference<AccountEvent> {
    return eventRef(this.#db, eventId);
  }

  createIn(unit: UnitOfWork, event: AccountEvent): void {
    createEvent(this.#db, unit, event);
  }

  async find(eventId: string): Promise<AccountEvent | null> {
    return (await this.#ref(eventId).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, eventId: string): Promise<AccountEvent | null> {
    const [snapshot] = await unit.getAll(this.#ref(eventId));
    return snapshot.data() ?? null;
  }

  /** Marks an event that the unit has read as dispatched. */
  dispatchedIn(unit: UnitOfWork, eventId: string): void {
    unit.update(this.#ref(eventId), { undispatchedSince: FieldValue.delete() });
  }

  /** Returns events that were created at or before a moment and aren't dispatched yet, oldest first. */
  async listUndispatched(before: IsoTime, limit: number, offset: number): Promise<AccountEvent[]> {
    const snapshot = await eventsIn(this.#db)
      .where('undispatchedSince', '<=', before)
      .orderBy('undispatchedSince')
      .offset(offset)
      .limit(limit)
      .get();
    return snapshot.docs.map((document) => document.data());
  }

  /** Returns a page of an account's events, in the order of their ids. */
  async listOf(accountId: string, limit: number, after: string | null): Promise<Page<AccountEvent>> {
    const page = await pageById(this.#of(accountId), limit, after);
    return { items: page.items.map((document) => document.data()), after: page.after };
  }

  /** Deletes a page of an account's events. Returns true when there may be more. */
  deletePageOf(accountId: string, limit: number): Promise<boolean> {
    return deletePage(this.#db, this.#of(accountId), limit);
  }

  #of(accountId: string): Query<AccountEvent> {
    return eventsIn(this.#db).where('accountId', '==', accountId);
  }
}
