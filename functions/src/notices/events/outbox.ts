import { storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { AccountEvent } from './accountEvent.ts';
import { deletedAfterRetention } from './deletedAfterRetention.ts';

const COLLECTION = 'accountEvents';

const ACCOUNT_EVENTS = storedAs<AccountEvent>({
  toStored: (event) => ({ ...event, ...deletedAfterRetention(event.createdAt) }),
});

/** Returns the collection with the events of all accounts. */
export function eventsIn(db: Firestore): CollectionReference<AccountEvent> {
  return db.collection(COLLECTION).withConverter(ACCOUNT_EVENTS);
}

/** Returns the reference of an event's document, which exists before and after the dispatch. */
export function eventRef(db: Firestore, eventId: string): DocumentReference<AccountEvent> {
  return eventsIn(db).doc(eventId);
}

/** Returns an event's path and stored fields. */
export function storedEvent(event: AccountEvent): { path: string; fields: Record<string, unknown> } {
  return { path: `${COLLECTION}/${event.id}`, fields: ACCOUNT_EVENTS.toFirestore(event) };
}

/** Adds an event to the commit of the change that it reports. */
export function createEvent(db: Firestore, target: Pick<UnitOfWork, 'create'>, event: AccountEvent): void {
  target.create(eventRef(db, event.id), event);
}
