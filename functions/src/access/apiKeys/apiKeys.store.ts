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

/** How long a process may go on believing what it read of a key: half of the ten seconds that a revocation may take. */
const KEY_CACHE_MS = 5_000;
const KEY_CACHE_SIZE = 10_000;
/** Looks for where a key stands, while it is being rotated. */
const MAX_LOOKS = 20;
/** It only bounds an answer. */
const MAX_MATCHES = 20;

/** Fields of a key that may change after it was made. */
export type ApiKeyChange = Partial<Pick<ApiKey, 'name' | 'scopes' | 'expiresAt' | 'revokedAt' | keyof KeyRules>>;

/** What is left under the hash of a secret that was replaced: the way to the key, and until when it may be gone. */
interface Successor {
  readonly successorHash: string;
  readonly acceptedUntil: IsoTime;
}

/** Under which hashes a key stands. */
interface KeyHashes {
  readonly hash: string;
  /** The secret before the present one. */
  readonly previousHash?: string;
}

/** A rotation of a key, to be made once. */
export interface Rotation {
  readonly id: string;
  readonly requestHash: string;
  /** When the present secret ends. */
  readonly endsAt: IsoTime;
  readonly now: IsoTime;
}

/** What a rotation came to: as it was asked for, or as an earlier request with the same id had it made. */
export interface Rotated {
  readonly key: ApiKey;
  readonly requestHash: string;
  readonly isOwn: boolean;
}

/** A key by one of its secrets, and when that ends though the key lasts; null: it is the present one. */
export interface FoundKey {
  readonly key: ApiKey;
  readonly acceptedUntil: IsoTime | null;
}

type Stored = ApiKey | Successor;

/** What is left of a rotation, under its id among the ids of keys. */
interface RotationMark {
  readonly requestHash: string;
  readonly rotatedTo: string;
}

const API_KEYS = storedAs<Stored>();
const KEY_IDS = storedAs<KeyHashes>();
const ROTATION_MARKS = storedAs<RotationMark>();

/**
 * `apiKeys/{sha256 of the secret}` is the key; `accounts/{accountId}/keyIds/{keyId}` says under which hash an id
 * stands, and makes creation idempotent. When a key gets another secret its document moves to that one's hash, and
 * where it was only the way there is left: so there is one document to change, whichever secret is used.
 */
export class ApiKeyStore {
  readonly #db: Firestore;
  readonly #cache: LRUCache<string, { stored: Stored | null }>;

  constructor(db: Firestore) {
    this.#db = db;
    this.#cache = new LRUCache<string, { stored: Stored | null }>({
      ...atMost(KEY_CACHE_SIZE),
      ttl: KEY_CACHE_MS,
      // A key that changes while it is being read is read for whoever asked, and not kept.
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

  /** The key of a secret, as it was at most five seconds ago; null for an unknown one. */
  async findBySecret(secret: string): Promise<FoundKey | null> {
    const { stored } = await this.#cache.forceFetch(hashSecret(secret));
    if (!stored || !isSuccessor(stored)) return stored && { key: stored, acceptedUntil: null };
    const { acceptedUntil, successorHash } = stored;
    // A secret that was replaced twice has ended: its successor is no key any more, but leads on to one.
    const key = await this.#follow(successorHash);
    return key && { key, acceptedUntil };
  }

  async #follow(hash: string): Promise<ApiKey | null> {
    const { stored } = await this.#cache.forceFetch(hash);
    return stored && isSuccessor(stored) ? this.#follow(stored.successorHash) : stored;
  }

  /** Stores a new key; false if its id is taken, which means that the same request made it before. */
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
      // The SDK repeats a commit whose answer was lost: then the key that is there is this one.
      const existing = await this.#idRef(key.accountId, key.id).get();
      return existing.data()?.hash === hash;
    }
  }

  async find(accountId: string, keyId: string): Promise<ApiKey | null> {
    return (await this.#locate(this.#db, accountId, keyId))?.key ?? null;
  }

  /**
   * Changes a key; two changes at once never overwrite each other. Null for an unknown id.
   * @param change given the key as it is; may throw to refuse
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
   * Gives a key another secret. Two rotations at once come one after the other; one that was made before is not made
   * again. Null for an unknown id.
   * @param check given the key as it is; may throw to refuse
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
        // Its hash is this one's when a commit whose answer was lost is repeated.
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
   * Moves a key to the hash of another secret; gives it as it is then, and the hashes of which something else is told.
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
    // Two secrets at a time: a third one ends.
    if (previous && isSuccessor(previous) && previousHash) {
      const { acceptedUntil } = previous;
      unit.update(this.#keyRef(previousHash), { acceptedUntil: acceptedUntil < now ? acceptedUntil : now });
    }
    unit.update(this.#idRef(accountId, key.id), KEY_IDS.whole({ hash: next, previousHash: hash }));
    return { key: rotated, stale: previousHash ? [hash, previousHash] : [hash] };
  }

  /** Keys of an account, newest first. */
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
   * The account that has a key with this id; several for keys of the time when ids didn't have their account in them.
   */
  async accountIdsOf(keyId: string): Promise<string[]> {
    const { docs } = await this.#keys.where('id', '==', keyId).limit(MAX_MATCHES).get();
    return keysAmong(docs).map(({ accountId }) => accountId);
  }

  /** The key with an id and where it stands; null for an unknown id. */
  async #locate(source: DocumentSource, accountId: string, keyId: string): Promise<LocatedKey | null> {
    for (let attempt = 0; attempt < MAX_LOOKS; attempt += 1) {
      const [id] = await readAll(source, this.#idRef(accountId, keyId));
      const { hash, previousHash } = id.data() ?? {};
      if (!hash) return null;
      const [snapshot] = await readAll(source, this.#keyRef(hash));
      const stored = snapshot.data();
      if (!stored) return null;
      // Somebody has rotated it since its id was read.
      if (isSuccessor(stored)) continue;
      return { key: stored, hash, ...(previousHash && { previousHash }) };
    }
    throw new Error(`key ${keyId} is rotated again and again`);
  }
}

interface LocatedKey extends KeyHashes {
  readonly key: ApiKey;
}

/** Queries are by fields that no successor has, but only the documents tell the compiler. */
function keysAmong(documents: readonly { data(): Stored }[]): ApiKey[] {
  return documents.flatMap((document) => {
    const stored = document.data();
    return isSuccessor(stored) ? [] : [stored];
  });
}

function isSuccessor(stored: Stored): stored is Successor {
  return 'successorHash' in stored;
}
