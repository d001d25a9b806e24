import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { isAlreadyExists } from '../shared/firestoreErrors.ts';
import type { IsoTime } from '../shared/time.ts';
import { runUnitOfWork } from '../shared/unitOfWork.ts';

/** Whoever owns wallets: its id is the Firebase uid. */
export interface Account {
  readonly id: string;
  readonly email: string | null;
  readonly createdAt: IsoTime;
  /** Who the account is to each provider that has a customer for it. */
  readonly customerIds?: { readonly stripe?: string };
}

/** How many accounts a process remembers having seen. */
const MAX_SEEN_ACCOUNTS = 50_000;

export class AccountStore {
  readonly #db: Firestore;
  readonly #seen = new LRUCache<string, true>({ max: MAX_SEEN_ACCOUNTS });

  constructor(db: Firestore) {
    this.#db = db;
  }

  /** Makes the account on its first call; later calls cost nothing in a process that has seen it. */
  async ensure(identity: Pick<Account, 'id' | 'email'>, now: IsoTime): Promise<void> {
    if (this.#seen.has(identity.id)) return;
    try {
      await this.#ref(identity.id).create({ ...identity, createdAt: now } satisfies Account);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    this.#seen.set(identity.id, true);
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

  #ref(accountId: string): DocumentReference {
    return this.#db.collection('accounts').doc(accountId);
  }
}
