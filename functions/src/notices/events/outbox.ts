import { storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { AccountEvent } from './accountEvent.ts';
import { deletedAfterRetention } from './deletedAfterRetention.ts';

const COLLECTION = 'accountEvents';

const ACCOUNT_EVENTS = storedAs<AccountEvent>({
  toStored: (event) => ({ ...event, ...deletedAfterRetention(event.createdAt) }),
});

/** All events of all accounts. */
export function eventsIn(db: Firestore): CollectionReference<AccountEvent> {
  return db.collection(COLLECTION).withConverter(ACCOUNT_EVENTS);
}

/** Where an event stands until it is on its way, and afterwards. */
export function eventRef(db: Firestore, eventId: string): DocumentReference<AccountEvent> {
  return eventsIn(db).doc(eventId);
}

/** An event as the document that it is stored as. */
export function storedEvent(event: AccountEvent): { path: string; fields: Record<string, unknown> } {
  return { path: `${COLLECTION}/${event.id}`, fields: ACCOUNT_EVENTS.toFirestore(event) };
}

/** Adds an event to the commit of the change that it tells of. */
export function createEvent(db: Firestore, target: Pick<UnitOfWork, 'create'>, event: AccountEvent): void {
  target.create(eventRef(db, event.id), event);
}
