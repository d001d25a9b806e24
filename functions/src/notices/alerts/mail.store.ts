import { deletePage, type Page, pageById, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, Firestore, Query } from 'firebase-admin/firestore';
import type { AccountEvent } from '../events/accountEvent.ts';
import { deletedAfterRetention } from '../events/deletedAfterRetention.ts';
import type { Mail } from './alertMail.ts';

/** A mail with the account that it belongs to and the time after which Firestore deletes it. */
type OwnedMail = Mail & { readonly accountId: string } & ReturnType<typeof deletedAfterRetention>;

const MAILS = storedAs<OwnedMail>();

/**
 * Reads and writes `mail/{eventId}`. The extension Trigger Email, or another sender with the same convention, sends
 * these documents. A mail is deleted after the same time as its event.
 */
export class MailStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #mails(): CollectionReference<OwnedMail> {
    return this.#db.collection('mail').withConverter(MAILS);
  }

  createIn(unit: UnitOfWork, { id, accountId, createdAt }: AccountEvent, mail: Mail): void {
    unit.create(this.#mails.doc(id), { ...mail, accountId, ...deletedAfterRetention(createdAt) });
  }

  /** Returns a page of an account's mails, in the order of their ids, which says nothing about time. */
  async listOf(accountId: string, limit: number, after: string | null): Promise<Page<Mail & { readonly id: string }>> {
    const page = await pageById(this.#of(accountId), limit, after);
    const items = page.items.map((document) => {
      const { to, message } = document.data();
      return { id: document.id, to, message };
    });
    return { items, after: page.after };
  }

  /** Deletes a page of an account's mails. Returns true when there may be more. */
  deletePageOf(accountId: string, limit: number): Promise<boolean> {
    return deletePage(this.#db, this.#of(accountId), limit);
  }

  #of(accountId: string): Query<OwnedMail> {
    return this.#mails.where('accountId', '==', accountId);
  }
}
