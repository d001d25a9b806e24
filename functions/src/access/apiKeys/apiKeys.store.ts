import {
  atMost,
  type DocumentSource,
  type IsoTime,
  isAlreadyExists,
  readAll,
  runUnitOfWork,
  type StoredConverter,
  storedAs,
  type TimePosition,
  type UnitOfWork,
} from '@cloud-bridge/base';
import { type CollectionReference, type DocumentReference, FieldValue, type Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import type { KeyRules } from '../../platform/http/caller.ts';
import { type ApiKey, hashSecret } from './apiKey.ts';

/** Milliseconds for which a process caches a key: half of the ten seconds that a revocation may take. */
const KEY_CACHE_MS = 5_000;
const KEY_CACHE_SIZE = 10_000;
/** Attempts to locate a key that is being rotated meanwhile. */
const MAX_LOOKS = 20;
/** Limits the accounts in one response. */
const MAX_MATCHES = 20;

/** Fields of a key that may change after its creation. */
export type ApiKeyChange = Partial<Pick<ApiKey, 'name' | 'scopes' | 'expiresAt' | 'revokedAt' | keyof KeyRules>>;

/** The document under the hash of a replaced secret: where to find the key, and until when the secret works. */
interface Successor {
  readonly successorHash: string;
  readonly acceptedUntil: IsoTime;
}

/** The hashes of a key's secrets. */
interface KeyHashes {
  readonly hash: string;
  /** The secret before the present one. */
  readonly previousHash?: string;
}

/** A request to rotate a key; the id ensures that the rotation happens once. */
export interface Rotation {
  readonly id: string;
  readonly requestHash: string;
  /** When the present secret stops working. */
  readonly endsAt: IsoTime;
  readonly now: IsoTime;
}

/** The result of a rotation; `isOwn` is false if an earlier request with the same id did the rotation. */
export interface Rotated {
  readonly key: ApiKey;
  readonly requestHash: string;
  readonly isOwn: boolean;
}

/** A key found by one of its secrets. `acceptedUntil`: when that secret stops working; null for the present secret. */
export interface FoundKey {
  readonly key: ApiKey;
  readonly acceptedUntil: IsoTime | null;
}

type Stored = ApiKey | Successor;

/** The record of a rotation, stored under the rotation's id among the ids of keys. */
interface RotationMark {
  readonly requestHash: string;
  readonly rotatedTo: string;
}

const API_KEYS = storedAs<Stored>();
const KEY_IDS = storedAs<KeyHashes>();
const ROTATION_MARKS = storedAs<RotationMark>();

/**
 * `apiKeys/{sha256 of the secret}` is the key; `accounts/{accountId}/keyIds/{keyId}` has the hash of the key with that
 * id, and makes creation idempotent. When a key gets another secret its document moves to the new hash, and a
 * successor stays at the old hash that points to it. So a key is one document, whichever secret is used.
 */
export class ApiKeyStore {
  readonly #db: Firestore;
  readonly #cache: LRUCache<string, { stored: Stored | null }>;

  constructor(db: Firestore) {
    this.#db = db;
    this.#cache = new LRUCache<string, { stored: Stored | null }>({
      ...atMost(KEY_CACHE_SIZE),
      ttl: KEY_CACHE_MS,
      // A key that changes during the read is returned to the caller, but not cached.
      ignoreFetchAbort: true,
      fetchMethod: async (hash) => {
        return { stored: (await this.#keyRef(hash).get()).data() ?? null };
      },
    });
  }

  get #keys(): CollectionReference<Stored> {
    return this.#db.collection('apiKeys').withConverter(API_KEYS);
  }

  #keyRef(hash: string): DocumentReference<Stored> {
    return this.#keys.doc(hash);
  }

  #ids<T>(accountId: string, converter: StoredConverter<T>): CollectionReference<T> {
    return this.#db.collection('accounts').doc(accountId).collection('keyIds').withConverter(converter);
  }

  #idRef(accountId: string, keyId: string): DocumentReference<KeyHashes> {
    return this.#ids(accountId, KEY_IDS).doc(keyId);
  }

  #markRef(accountId: string, rotationId: string): DocumentReference<RotationMark> {
    return this.#ids(accountId, ROTATION_MARKS).doc(rotationId);
  }

  /** Finds the key of a secret; at most five seconds old. Null for an unknown secret. */
  async findBySecret(secret: string): Promise<FoundKey | null> {
    const { stored } = await this.#cache.forceFetch(hashSecret(secret));
    if (!stored || !isSuccessor(stored)) return stored && { key: stored, acceptedUntil: null };
    const { acceptedUntil, successorHash } = stored;
    // A secret that was replaced twice has ended: its successor isn't a key any more, but points to another successor.
    const key = await this.#follow(successorHash);
    return key && { key, acceptedUntil };
  }

  async #follow(hash: string): Promise<ApiKey | null> {
    const { stored } = await this.#cache.forceFetch(hash);
    return stored && isSuccessor(stored) ? this.#follow(stored.successorHash) : stored;
  }

  /** Stores a new key. False if the id is taken, which means that the same request created the key before. */
  async create(key: ApiKey, secret: string): Promise<boolean> {
    const hash = hashSecret(secret);
    const batch = this.#db.batch();
    batch.create(this.#idRef(key.accountId, key.id), { hash });
    batch.create(this.#keyRef(hash), key);
    try {
      await batch.commit();
      return true;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      // The SDK repeats a commit whose answer was lost; then the existing key is this one.
      const existing = await this.#idRef(key.accountId, key.id).get();
      return existing.data()?.hash === hash;
    }
  }

  async find(accountId: string, keyId: string): Promise<ApiKey | null> {
    return (await this.#locate(this.#db, accountId, keyId))?.key ?? null;
  }

  /**
   * Changes a key. Concurrent changes never overwrite each other. Returns null for an unknown id.
   * @param change gets the present key and returns the changed fields; may throw to refuse
   */
  async change(accountId: string, keyId: string, change: (key: ApiKey) => ApiKeyChange): Promise<ApiKey | null> {
    const changed = await runUnitOfWork(this.#db, async (unit) => {
      const located = await this.#locate(unit, accountId, keyId);
      if (!located) return null;
      const fields = change(located.key);
      unit.update(this.#keyRef(located.hash), { ...fields });
      return { key: { ...located.key, ...fields }, hash: located.hash };
    });
    if (changed) this.#cache.delete(changed.hash);
    return changed?.key ?? null;
  }

  /**
   * Gives a key another secret. Concurrent rotations are serialized; a rotation with a known id isn't repeated. Returns
   * null for an unknown key.
   * @param check gets the present key; may throw to refuse
   */
  async rotate(
    accountId: string,
    keyId: string,
    secret: string,
    rotation: Rotation,
    check: (key: ApiKey) => void,
  ): Promise<Rotated | null> {
    const hash = hashSecret(secret);
    const markRef = this.#markRef(accountId, rotation.id);
    const outcome = await runUnitOfWork(this.#db, async (unit) => {
      const [markSnapshot] = await unit.getAll(markRef);
      const mark = markSnapshot.data();
      const located = await this.#locate(unit, accountId, keyId);
      if (!located) return null;
      if (mark) {
        // The hashes are equal if the SDK repeats a commit whose answer was lost.
        return { key: located.key, requestHash: mark.requestHash, isOwn: mark.rotatedTo === hash, stale: [] };
      }
      check(located.key);
      const stale = await this.#replace(unit, accountId, located, secret, rotation);
      unit.create(markRef, { requestHash: rotation.requestHash, rotatedTo: hash });
      return { ...stale, requestHash: rotation.requestHash, isOwn: true };
    });
    if (!outcome) return null;
    for (const staleHash of outcome.stale) this.#cache.delete(staleHash);
    const { key, requestHash, isOwn } = outcome;
    return { key, requestHash, isOwn };
  }

  /**
   * Moves a key to the hash of another secret. Returns the changed key and the hashes whose cached documents are stale.
   */
  async #replace(
    unit: UnitOfWork,
    accountId: string,
    { key, hash, previousHash }: LocatedKey,
    secret: string,
    { endsAt, now }: Rotation,
  ): Promise<{ key: ApiKey; stale: string[] }> {
    const next = hashSecret(secret);
    const [previousSnapshot] = previousHash ? await unit.getAll(this.#keyRef(previousHash)) : [];
    const previous = previousSnapshot?.data();
    const rotated: ApiKey = {
      ...key,
      lastCharacters: secret.slice(-4),
      rotatedAt: now,
      previousSecretEndsAt: endsAt,
    };
    unit.create(this.#keyRef(next), rotated);
    const gone = Object.fromEntries(Object.keys(key).map((field) => [field, FieldValue.delete()]));
    const successor: Successor = { successorHash: next, acceptedUntil: endsAt };
    unit.update(this.#keyRef(hash), { ...gone, ...API_KEYS.whole(successor) });
    // At most two secrets work at a time, so the secret before the present one stops now.
    if (previous && isSuccessor(previous) && previousHash) {
      const { acceptedUntil } = previous;
      unit.update(this.#keyRef(previousHash), { acceptedUntil: acceptedUntil < now ? acceptedUntil : now });
    }
    unit.update(this.#idRef(accountId, key.id), KEY_IDS.whole({ hash: next, previousHash: hash }));
    return { key: rotated, stale: previousHash ? [hash, previousHash] : [hash] };
  }

  /** Lists the keys of an account, newest first. */
  async list(accountId: string, limit: number, after?: TimePosition): Promise<ApiKey[]> {
    let keys = this.#keys
      .where('accountId', '==', accountId)
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    if (after) keys = keys.startAfter(after.createdAt, after.id);
    return keysAmong((await keys.get()).docs);
  }

  /**
   * Returns the ids of the accounts with a key of this id: one account, or several for old ids, which weren't derived
   * from the account.
   */
  async accountIdsOf(keyId: string): Promise<string[]> {
    const { docs } = await this.#keys.where('id', '==', keyId).limit(MAX_MATCHES).get();
    return keysAmong(docs).map(({ accountId }) => accountId);
  }

  /** Finds a key by id, with the hashes of its secrets; null for an unknown id. */
  async #locate(source: DocumentSource, accountId: string, keyId: string): Promise<LocatedKey | null> {
    for (let attempt = 0; attempt < MAX_LOOKS; attempt += 1) {
      const [id] = await readAll(source, this.#idRef(accountId, keyId));
      const { hash, previousHash } = id.data() ?? {};
      if (!hash) return null;
      const [snapshot] = await readAll(source, this.#keyRef(hash));
      const stored = snapshot.data();
      if (!stored) return null;
      // The key was rotated after its id was read.
      if (isSuccessor(stored)) continue;
      return { key: stored, hash, ...(previousHash && { previousHash }) };
    }
    throw new Error(`key ${keyId} was rotated during all ${MAX_LOOKS} attempts to read it`);
  }
}

interface LocatedKey extends KeyHashes {
  readonly key: ApiKey;
}

/** Returns the keys of a query. The queried fields exist only on keys, but the compiler doesn't know that. */
function keysAmong(documents: readonly { data(): Stored }[]): ApiKey[] {
  return documents.flatMap((document) => {
    const stored = document.data();
    return isSuccessor(stored) ? [] : [stored];
  });
}

function isSuccessor(stored: Stored): stored is Successor {
  return 'successorHash' in stored;
}
