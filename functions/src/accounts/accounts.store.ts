import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { isAlreadyExists } from '../shared/firestoreErrors.ts';
import type { IsoTime, TimePosition } from '../shared/time.ts';
import { runUnitOfWork, type UnitOfWork } from '../shared/unitOfWork.ts';

/** Whoever owns wallets: its id is the Firebase uid. */
export interface Account {
  readonly id: string;
  readonly email: string | null;
  readonly createdAt: IsoTime;
  /** Who the account is to each provider that has a customer for it. */
  readonly customerIds?: { readonly stripe?: string };
  /** Since when an operator has stopped it; null or missing: it goes on. */
  readonly frozenAt?: IsoTime | null;
  readonly frozenReason?: string | null;
}

/** Fields that operators change. */
type AccountChange = Pick<Account, 'frozenAt' | 'frozenReason'>;

/** How long a process may believe that an account isn't frozen: as long as it believes in a key. */
const FROZEN_CACHE_MS = 5_000;
const FROZEN_CACHE_SIZE = 10_000;
/** More accounts than this don't share an address or a customer; it only bounds an answer. */
const MAX_MATCHES = 20;

/** How many accounts a process remembers having seen. */
const MAX_SEEN_ACCOUNTS = 50_000;

export class AccountStore {
  readonly #db: Firestore;
  readonly #seen = new LRUCache<string, true>({ max: MAX_SEEN_ACCOUNTS });

  readonly #frozen: LRUCache<string, { isFrozen: boolean }>;

  constructor(db: Firestore) {
    this.#db = db;
    this.#frozen = new LRUCache<string, { isFrozen: boolean }>({
      max: FROZEN_CACHE_SIZE,
      ttl: FROZEN_CACHE_MS,
      ignoreFetchAbort: true,
      fetchMethod: async (accountId) => ({ isFrozen: ((await this.find(accountId))?.frozenAt ?? null) !== null }),
    });
  }

  /** Whether an account is frozen, as it was at most five seconds ago: one read for all requests of that time. */
  async isFrozen(accountId: string): Promise<boolean> {
    return (await this.#frozen.forceFetch(accountId)).isFrozen;
  }

  /** Has this process ask again; others do so within five seconds. */
  forget(accountId: string): void {
    this.#frozen.delete(accountId);
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

  async findIn(unit: UnitOfWork, accountId: string): Promise<Account | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return (snapshot?.data() as Account | undefined) ?? null;
  }

  /** Writes fields of an account that the unit has read. */
  changeIn(unit: UnitOfWork, accountId: string, change: AccountChange): void {
    unit.update(this.#ref(accountId), { ...change });
  }

  /** All accounts, the latest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<Account[]> {
    let accounts = this.#db.collection('accounts').orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit);
    if (after) accounts = accounts.startAfter(after.createdAt, after.id);
    return (await accounts.get()).docs.map((document) => document.data() as Account);
  }

  async listByEmail(spellings: readonly string[]): Promise<Account[]> {
    const accounts = this.#db.collection('accounts').where('email', 'in', [...spellings]);
    return (await accounts.limit(MAX_MATCHES).get()).docs.map((document) => document.data() as Account);
  }

  async listByCustomer(provider: 'stripe', customerId: string): Promise<Account[]> {
    const accounts = this.#db.collection('accounts').where(`customerIds.${provider}`, '==', customerId);
    return (await accounts.limit(MAX_MATCHES).get()).docs.map((document) => document.data() as Account);
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
