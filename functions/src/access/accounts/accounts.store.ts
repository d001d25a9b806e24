import {
  atMost,
  type IsoTime,
  isAlreadyExists,
  isReadOnly,
  runUnitOfWork,
  storedAs,
  type TimePosition,
  type UnitOfWork,
} from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldValue, type Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { type Account, hasNewEmail, isFrozen, type OwnerIdentity } from './account.ts';
import { type ProviderName, providersThat } from './providerName.ts';

/** Fields of an account that are written in a unit of work, together with other documents. */
type AccountChange = Partial<
  Pick<Account, 'frozenAt' | 'frozenReason' | 'ownerBlockedAt' | 'ownerBlock' | 'webhooksMade'>
>;

/** Milliseconds for which a process caches the standing of an account; the same as for a key. */
const STANDING_CACHE_MS = 5_000;
const STANDING_CACHE_SIZE = 50_000;
/** Limits the accounts in one response. That many accounts don't share an address or a customer. */
const MAX_MATCHES = 20;

/** The facts about an account that every request is checked against. */
interface Standing extends Omit<OwnerIdentity, 'id'> {
  readonly isKnown: boolean;
  readonly isDeleted: boolean;
  readonly isFrozen: boolean;
}

const ACCOUNTS = storedAs<Account>();

/** `accounts/{accountId}` */
export class AccountStore {
  readonly #db: Firestore;
  /** The standings read in the last five seconds, so that all requests of that time share a read. */
  readonly #standings: LRUCache<string, Standing>;

  constructor(db: Firestore) {
    this.#db = db;
    this.#standings = new LRUCache<string, Standing>({
      ...atMost(STANDING_CACHE_SIZE),
      ttl: STANDING_CACHE_MS,
      ignoreFetchAbort: true,
      fetchMethod: async (accountId) => standingOf(await this.find(accountId)),
    });
  }

  /** True if the account is frozen; at most five seconds old. */
  async isFrozen(accountId: string): Promise<boolean> {
    return (await this.#standings.forceFetch(accountId)).isFrozen;
  }

  /** True if a purchase may be made for the account while its owner is away; at most five seconds old. */
  async maySpend(accountId: string): Promise<boolean> {
    const { isKnown, isDeleted, isFrozen } = await this.#standings.forceFetch(accountId);
    return isKnown && !isDeleted && !isFrozen;
  }

  /** Makes this process read the account again; other processes do so within five seconds. */
  forget(accountId: string): void {
    this.#standings.delete(accountId);
  }

  /**
   * Creates the account on its first request, and stores a new address of its owner. Does both on a later request if
   * this one may not write. Returns false for a deleted account, at the latest five seconds after the deletion.
   */
  async ensure(identity: OwnerIdentity, now: IsoTime): Promise<boolean> {
    const standing = await this.#standings.forceFetch(identity.id);
    if (standing.isKnown) {
      const isNews = !standing.isDeleted && hasNewEmail(standing, identity);
      if (isNews && !isReadOnly()) await this.#noteEmail(identity);
      return !standing.isDeleted;
    }
    if (isReadOnly()) return true;
    const created = standingOf(await this.#createOrFind({ ...identity, createdAt: now }));
    this.#standings.set(identity.id, created);
    return !created.isDeleted;
  }

  async #noteEmail({ id, ...told }: OwnerIdentity): Promise<void> {
    await runUnitOfWork(this.#db, async (unit) => {
      const account = await this.findIn(unit, id);
      if (account && !account.deletedAt && hasNewEmail(account, { id, ...told })) unit.update(this.#ref(id), told);
    });
    this.forget(id);
  }

  async #createOrFind(account: Account): Promise<Account> {
    try {
      await this.#ref(account.id).create(account);
      return account;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await this.find(account.id)) ?? account;
    }
  }

  async find(accountId: string): Promise<Account | null> {
    return (await this.#ref(accountId).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<Account | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data() ?? null;
  }

  /** Writes fields of an account that the unit has read. */
  changeIn(unit: UnitOfWork, accountId: string, change: AccountChange): void {
    unit.update(this.#ref(accountId), { ...change });
  }

  /** Lists all accounts, newest first. */
  async list(limit: number, after: TimePosition | undefined): Promise<Account[]> {
    let accounts = this.#accounts.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit);
    if (after) accounts = accounts.startAfter(after.createdAt, after.id);
    return (await accounts.get()).docs.map((document) => document.data());
  }

  /** Lists the accounts created after a position and not after `until`, oldest first. */
  async listCreated(after: TimePosition | null, until: IsoTime, limit: number): Promise<Account[]> {
    let accounts = this.#accounts.where('createdAt', '<=', until).orderBy('createdAt').orderBy('id');
    if (after) accounts = accounts.startAfter(after.createdAt, after.id);
    return (await accounts.limit(limit).get()).docs.map((document) => document.data());
  }

  async listByEmail(spellings: readonly string[]): Promise<Account[]> {
    const accounts = this.#accounts.where('email', 'in', [...spellings]);
    return (await accounts.limit(MAX_MATCHES).get()).docs.map((document) => document.data());
  }

  async listByCustomer(provider: ProviderName, customerId: string): Promise<Account[]> {
    const accounts = this.#accounts.where(`customerIds.${provider}`, '==', customerId);
    return (await accounts.limit(MAX_MATCHES).get()).docs.map((document) => document.data());
  }

  /** Stores a provider's customer unless the account has one. Returns the id of the customer that the account has. */
  async setCustomerIfAbsent(accountId: string, provider: ProviderName, customerId: string): Promise<string> {
    return runUnitOfWork(this.#db, async (unit) => {
      const [snapshot] = await unit.getAll(this.#ref(accountId));
      const account = snapshot.data();
      if (!account) throw new Error(`account ${accountId} does not exist`);
      const known = account.customerIds?.[provider];
      if (known) return known;
      unit.update(this.#ref(accountId), { customerIds: { ...account.customerIds, [provider]: customerId } });
      return customerId;
    });
  }

  /**
   * Replaces a customer that no longer exists at its provider, or removes it (null), provided the account still has
   * that customer. Returns the id of the customer that the account has then.
   */
  async replaceCustomer<C extends string | null>(
    accountId: string,
    provider: ProviderName,
    lostId: string,
    customerId: C,
  ): Promise<string | C> {
    return runUnitOfWork(this.#db, async (unit) => {
      const account = await this.findIn(unit, accountId);
      if (!account) throw new Error(`account ${accountId} does not exist`);
      const { [provider]: known, ...others } = account.customerIds ?? {};
      if (known && known !== lostId) return known;
      const customerIds = { ...others, ...(customerId !== null && { [provider]: customerId }) };
      unit.update(this.#ref(accountId), { customerIds });
      return customerId;
    });
  }

  /** Like {@link setCustomerIfAbsent}, in a unit of work: reads the account now; the result's `write` stores the id. */
  async stageCustomerIn(
    unit: UnitOfWork,
    accountId: string,
    provider: ProviderName,
    customerId: string,
  ): Promise<{ write(): void }> {
    const account = await this.findIn(unit, accountId);
    if (!account || account.deletedAt || account.customerIds?.[provider]) return { write: () => {} };
    const customerIds = { ...account.customerIds, [provider]: customerId };
    return { write: () => unit.update(this.#ref(accountId), { customerIds }) };
  }

  /** Stores the progress of an account's deletion. This process sees it at once, others within five seconds. */
  async setDeletion(
    accountId: string,
    deletion: Pick<Account, 'deletedAt' | 'erasureDueAt' | 'erasurePosition'>,
  ): Promise<void> {
    await this.#ref(accountId).update({ ...deletion });
    this.forget(accountId);
  }

  /** Undoes a deletion that hasn't erased anything yet. */
  async reopen(accountId: string): Promise<void> {
    await this.#ref(accountId).update({ deletedAt: FieldValue.delete(), erasureDueAt: FieldValue.delete() });
    this.forget(accountId);
  }

  /** Erases the owner's personal data, and the ids of customers at providers that can't forget a customer. */
  async erasePersonalData(accountId: string): Promise<void> {
    const knownOn = providersThat('makesOwnCustomers');
    await this.#ref(accountId).update({
      email: null,
      isEmailVerified: false,
      frozenReason: null,
      ...Object.fromEntries(knownOn.map((provider) => [`customerIds.${provider}`, FieldValue.delete()])),
    });
  }

  /** Lists the accounts whose next round of erasure is due, earliest due first. */
  async listErasuresDue(now: IsoTime, limit: number): Promise<Account[]> {
    const due = this.#accounts.where('erasureDueAt', '<=', now).orderBy('erasureDueAt').limit(limit);
    return (await due.get()).docs.map((document) => document.data());
  }

  get #accounts(): CollectionReference<Account> {
    return this.#db.collection('accounts').withConverter(ACCOUNTS);
  }

  #ref(accountId: string): DocumentReference<Account> {
    return this.#accounts.doc(accountId);
  }
}

function standingOf(account: Account | null): Standing {
  const { email = null, isEmailVerified, emailAsOf } = account ?? {};
  return {
    email,
    ...(isEmailVerified !== undefined && { isEmailVerified }),
    ...(emailAsOf !== undefined && { emailAsOf }),
    isKnown: account !== null,
    isDeleted: account?.deletedAt != null,
    isFrozen: account !== null && isFrozen(account),
  };
}
