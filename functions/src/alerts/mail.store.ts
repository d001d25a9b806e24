import type { Firestore } from 'firebase-admin/firestore';
import type { UnitOfWork } from '../shared/unitOfWork.ts';
import type { Mail } from './alertMail.ts';

/** `mail/{eventId}`: what the extension Trigger Email, or anything that keeps its convention, sends. */
export class MailStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  createIn(unit: UnitOfWork, id: string, mail: Mail): void {
    unit.create(this.#db.collection('mail').doc(id), { ...mail });
  }
}
