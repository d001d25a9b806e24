import { deletePage, type Page, pageById, type UnitOfWork } from '@cloud-bridge/base';
import type { Firestore, Query } from 'firebase-admin/firestore';
import type { AccountEvent } from '../events/accountEvent.ts';
import { deletedAfterRetention } from '../events/deletedAfterRetention.ts';
import type { Mail } from './alertMail.ts';

/**
 * `mail/{eventId}`: what the extension Trigger Email, or anything that keeps its convention, sends; gone with its
 * event.
 */
export class MailStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  createIn(unit: UnitOfWork, { id, accountId, createdAt }: AccountEvent, mail: Mail): void {
    const owned = { ...mail, accountId, ...deletedAfterRetention(createdAt) };
    unit.create(this.#db.collection('mail').doc(id), owned);
  }

  /** A page of what was written to an account, in no order that means anything. */
  async listOf(accountId: string, limit: number, after: string | null): Promise<Page<Mail & { readonly id: string }>> {
    const page = await pageById(this.#of(accountId), limit, after);
    const items = page.items.map((document) => {
      const { to, message } = document.data() as Mail;
      return { id: document.id, to, message };
    });
    return { items, after: page.after };
  }

  /** Deletes a page of what was written to an account; true when there may be more. */
  deletePageOf(accountId: string, limit: number): Promise<boolean> {
    return deletePage(this.#db, this.#of(accountId), limit);
  }

  #of(accountId: string): Query {
    return this.#db.collection('mail').where('accountId', '==', accountId);
  }
}
