import { atMost, type IsoTime, isReadOnly, storedAs } from '@cloud-bridge/base';
import type { DocumentReference, Firestore, Timestamp } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';

/** The requests that all processes together have leased from a window of one account. */
export interface LeasedWindow {
  readonly windowStart: IsoTime;
  readonly leased: number;
}

export interface StoredWindow {
  readonly window: LeasedWindow | null;
  readonly updateTime: Timestamp | null;
}

const MAX_UNWRITTEN = 10_000;

const WINDOWS = storedAs<LeasedWindow>();

/** `rateLimits/{accountId}` */
export class RateLimitStore {
  readonly #db: Firestore;
  /** Windows of requests that may not write (maintenance): meanwhile each process counts its own requests only. */
  readonly #unwritten = new LRUCache<string, LeasedWindow>(atMost(MAX_UNWRITTEN));

  constructor(db: Firestore) {
    this.#db = db;
  }

  async read(accountId: string): Promise<StoredWindow> {
    if (isReadOnly()) return { window: this.#unwritten.get(accountId) ?? null, updateTime: null };
    const snapshot = await this.#ref(accountId).get();
    return { window: snapshot.data() ?? null, updateTime: snapshot.updateTime ?? null };
  }

  /** Writes a window, unless another process has changed it since it was read: then throws the SDK's error. */
  async write(accountId: string, next: LeasedWindow, updateTime: Timestamp | null): Promise<void> {
    if (isReadOnly()) return void this.#unwritten.set(accountId, next);
    const reference = this.#ref(accountId);
    await (updateTime ? reference.update(WINDOWS.whole(next), { lastUpdateTime: updateTime }) : reference.create(next));
  }

  #ref(accountId: string): DocumentReference<LeasedWindow> {
    return this.#db.collection('rateLimits').withConverter(WINDOWS).doc(accountId);
  }
}
