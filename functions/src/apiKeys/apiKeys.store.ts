import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { isAlreadyExists } from '../shared/firestoreErrors.ts';
import type { TimePosition } from '../shared/time.ts';
import { runUnitOfWork } from '../shared/unitOfWork.ts';
import { type ApiKey, hashSecret } from './apiKey.ts';

/** How long a process may go on believing what it read of a key: half of the ten seconds that a revocation may take. */
const KEY_CACHE_MS = 5_000;
const KEY_CACHE_SIZE = 10_000;
/** It only bounds an answer. */
const MAX_MATCHES = 20;

/** Fields of a key that may change after it was made. */
export type ApiKeyChange = Partial<Pick<ApiKey, 'name' | 'scopes' | 'expiresAt' | 'revokedAt'>>;

/**
 * `apiKeys/{sha256 of the secret}` is the key; `accounts/{accountId}/keyIds/{keyId}` says under which hash an id
 * stands, and makes creation idempotent.
 */
export class ApiKeyStore {
  readonly #db: Firestore;
  readonly #cache: LRUCache<string, { key: ApiKey | null }>;

  constructor(db: Firestore) {
    this.#db = db;
    this.#cache = new LRUCache<string, { key: ApiKey | null }>({
      max: KEY_CACHE_SIZE,
      ttl: KEY_CACHE_MS,
      // A key that changes while it is being read is read for whoever asked, and not kept.
      ignoreFetchAbort: true,
      fetchMethod: async (hash) => {
        const snapshot = await this.#keyRef(hash).get();
        return { key: snapshot.exists ? (snapshot.data() as ApiKey) : null };
      },
    });
  }

  #keyRef(hash: string): DocumentReference {
    return this.#db.collection('apiKeys').doc(hash);
  }

  #idRef(accountId: string, keyId: string): DocumentReference {
    return this.#db.collection('accounts').doc(accountId).collection('keyIds').doc(keyId);
  }

  /** The key of a secret, as it was at most five seconds ago; null for an unknown one. */
  async findBySecret(secret: string): Promise<ApiKey | null> {
    return (await this.#cache.forceFetch(hashSecret(secret))).key;
  }

  /** Stores a new key; false if its id is taken, which means that the same request made it before. */
  async create(key: ApiKey, secret: string): Promise<boolean> {
    const hash = hashSecret(secret);
    const batch = this.#db.batch();
    batch.create(this.#idRef(key.accountId, key.id), { hash });
    batch.create(this.#keyRef(hash), { ...key });
    try {
      await batch.commit();
      return true;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      // The SDK repeats a commit whose answer was lost: then the key that is there is this one.
      const existing = await this.#idRef(key.accountId, key.id).get();
      return existing.get('hash') === hash;
    }
  }

  async find(accountId: string, keyId: string): Promise<ApiKey | null> {
    const reference = await this.#resolve(accountId, keyId);
    const snapshot = await reference?.get();
    return snapshot?.exists ? (snapshot.data() as ApiKey) : null;
  }

  /**
   * Changes a key; two changes at once never overwrite each other. Null for an unknown id.
   * @param change given the key as it is; may throw to refuse
   */
  async change(accountId: string, keyId: string, change: (key: ApiKey) => ApiKeyChange): Promise<ApiKey | null> {
    const reference = await this.#resolve(accountId, keyId);
    if (!reference) return null;
    const changed = await runUnitOfWork(this.#db, async (unit) => {
      const [snapshot] = await unit.getAll(reference);
      const key = snapshot?.data() as ApiKey;
      const fields = change(key);
      unit.update(reference, { ...fields });
      return { ...key, ...fields };
    });
    this.#cache.delete(reference.id);
    return changed;
  }

  /** Keys of an account, newest first. */
  async list(accountId: string, limit: number, after?: TimePosition): Promise<ApiKey[]> {
    let keys = this.#db
      .collection('apiKeys')
      .where('accountId', '==', accountId)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after) keys = keys.startAfter(after.createdAt, after.id);
    const snapshot = await keys.get();
    return snapshot.docs.map((document) => document.data() as ApiKey);
  }

  /** The accounts that have a key with this id; ids are unique within an account. */
  async accountIdsOf(keyId: string): Promise<string[]> {
    const keys = await this.#db.collection('apiKeys').where('id', '==', keyId).limit(MAX_MATCHES).get();
    return keys.docs.map((document) => (document.data() as ApiKey).accountId);
  }

  async #resolve(accountId: string, keyId: string): Promise<DocumentReference | null> {
    const snapshot = await this.#idRef(accountId, keyId).get();
    const hash = snapshot.get('hash') as string | undefined;
    return hash ? this.#keyRef(hash) : null;
  }
}
