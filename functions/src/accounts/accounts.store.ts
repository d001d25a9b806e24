import { type DocumentReference, FieldValue, type Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { isAlreadyExists } from '../shared/firestoreErrors.ts';
import type { IsoTime } from '../shared/time.ts';
import { runUnitOfWork } from '../shared/unitOfWork.ts';
import type { Account } from './account.ts';

/** How many accounts a process remembers having seen. */
const MAX_SEEN_ACCOUNTS = 50_000;
/** How long it believes that one is still there: as long as it believes an API key. */
const SEEN_MS = 5_000;

export class AccountStore {
  readonly #db: Firestore;
  readonly #seen = new LRUCache<string, true>({ max: MAX_SEEN_ACCOUNTS, ttl: SEEN_MS });

  constructor(db: Firestore) {
    this.#db = db;
  }

  /** Makes the account on its first call; false for one that was deleted, at the latest five seconds later. */
  async ensure(identity: Pick<Account, 'id' | 'email'>, now: IsoTime): Promise<boolean> {
    if (this.#seen.has(identity.id)) return true;
    const account = (await this.find(identity.id)) ?? (await this.#createOrFind({ ...identity, createdAt: now }));
    if (account.deletedAt) return false;
    this.#seen.set(identity.id, true);
    return true;
  }

  async #createOrFind(account: Account): Promise<Account> {
    try {
      await this.#ref(account.id).create({ ...account });
      return account;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await this.find(account.id)) ?? account;
    }
  }

  async find(accountId: string): Promise<Account | null> {
    return ((await this.#ref(accountId).get()).data() as Account | undefined) ?? null;
  }

  /** Notes a provider's customer unless the account has one by now; gives the one that it has. */
  async setCustomerIfAbsent(accountId: string, provider: 'stripe', customerId: string): Promise<string> {
    return runUnitOfWork(this.#db, async (unit) => {
      const [snapshot] = await unit.getAll(this.#ref(accountId));
      const account = snapshot?.data() as Account | undefined;
      if (!account) throw new Error(`account ${accountId} is gone`);
      const known = account.customerIds?.[provider];
      if (known) return known;
      unit.update(this.#ref(accountId), { customerIds: { ...account.customerIds, [provider]: customerId } });
      return customerId;
    });
  }

  /** Notes how far the deletion of an account is; at once in this process, soon in all others. */
  async setDeletion(accountId: string, deletion: Pick<Account, 'deletedAt' | 'erasureDueAt'>): Promise<void> {
    await this.#ref(accountId).update({ ...deletion });
    this.#seen.delete(accountId);
  }

  /** Takes a deletion back of which nothing has been done yet. */
  async reopen(accountId: string): Promise<void> {
    await this.#ref(accountId).update({ deletedAt: FieldValue.delete(), erasureDueAt: FieldValue.delete() });
  }

  /** Takes from the account what tells who its owner was. */
  async erasePersonalData(accountId: string): Promise<void> {
    await this.#ref(accountId).update({ email: null });
  }

  /** Accounts of which something is to be erased, longest due first. */
  async listErasuresDue(now: IsoTime, limit: number): Promise<Account[]> {
    const due = this.#db.collection('accounts').where('erasureDueAt', '<=', now).orderBy('erasureDueAt').limit(limit);
    return (await due.get()).docs.map((document) => document.data() as Account);
  }

  #ref(accountId: string): DocumentReference {
    return this.#db.collection('accounts').doc(accountId);
  }
}
