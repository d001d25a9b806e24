import type { UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { AccountEvent } from './accountEvent.ts';
import { deletedAfterRetention } from './deletedAfterRetention.ts';

const COLLECTION = 'accountEvents';

/** Where an event stands until it is on its way, and afterwards. */
export function eventRef(db: Firestore, eventId: string): DocumentReference {
  return db.collection(COLLECTION).doc(eventId);
}

/** An event as the document that it is stored as. */
export function storedEvent(event: AccountEvent): { path: string; fields: Record<string, unknown> } {
  return { path: `${COLLECTION}/${event.id}`, fields: { ...event, ...deletedAfterRetention(event.createdAt) } };
}

/** Adds an event to the commit of the change that it tells of. */
export function createEvent(db: Firestore, target: Pick<UnitOfWork, 'create'>, event: AccountEvent): void {
  target.create(eventRef(db, event.id), storedEvent(event).fields);
}
