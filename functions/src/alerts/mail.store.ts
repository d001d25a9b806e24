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

  /** Deletes the mail of some events, at most 500; most events have none. */
  async delete(eventIds: readonly string[]): Promise<void> {
    const batch = this.#db.batch();
    for (const id of eventIds) batch.delete(this.#db.collection('mail').doc(id));
    await batch.commit();
  }
}
