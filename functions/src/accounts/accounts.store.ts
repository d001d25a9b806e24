import type { Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { isAlreadyExists } from '../shared/firestoreErrors.ts';
import type { IsoTime } from '../shared/time.ts';

/** Whoever owns wallets: its id is the Firebase uid. */
export interface Account {
  readonly id: string;
  readonly email: string | null;
  readonly createdAt: IsoTime;
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
    const reference = this.#db.collection('accounts').doc(identity.id);
    try {
      await reference.create({ ...identity, createdAt: now } satisfies Account);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    this.#seen.set(identity.id, true);
  }
}
