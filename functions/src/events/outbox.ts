import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { deletedAfterRetention } from '../shared/retention.ts';
import type { UnitOfWork } from '../shared/unitOfWork.ts';
import type { AccountEvent } from './accountEvent.ts';

/** Where an event stands until it is on its way, and afterwards. */
export function eventRef(db: Firestore, eventId: string): DocumentReference {
  return db.collection('accountEvents').doc(eventId);
}

/** Adds an event to the commit of the change that it tells of. */
export function createEvent(db: Firestore, target: Pick<UnitOfWork, 'create'>, event: AccountEvent): void {
  target.create(eventRef(db, event.id), { ...event, ...deletedAfterRetention(event.createdAt) });
}
