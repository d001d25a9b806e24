import { atMost, type IsoTime, isReadOnly } from '@cloud-bridge/base';
import type { Firestore, Timestamp } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';

/** What all processes together have leased of one account's window. */
export interface LeasedWindow {
  readonly windowStart: IsoTime;
  readonly leased: number;
}

export interface StoredWindow {
  readonly window: LeasedWindow | null;
  readonly updateTime: Timestamp | null;
}

const MAX_UNWRITTEN = 10_000;

/** `rateLimits/{accountId}` */
export class RateLimitStore {
  readonly #db: Firestore;
  /** What requests have leased that may write nothing: then each process counts for itself. */
  readonly #unwritten = new LRUCache<string, LeasedWindow>(atMost(MAX_UNWRITTEN));

  constructor(db: Firestore) {
    this.#db = db;
  }

  async read(accountId: string): Promise<StoredWindow> {
    if (isReadOnly()) return { window: this.#unwritten.get(accountId) ?? null, updateTime: null };
    const snapshot = await this.#db.collection('rateLimits').doc(accountId).get();
    return { window: (snapshot.data() as LeasedWindow | undefined) ?? null, updateTime: snapshot.updateTime ?? null };
  }

  /** Writes the window if it still is as it was read; otherwise the SDK's error says that somebody was faster. */
  async write(accountId: string, next: LeasedWindow, updateTime: Timestamp | null): Promise<void> {
    if (isReadOnly()) return void this.#unwritten.set(accountId, next);
    const reference = this.#db.collection('rateLimits').doc(accountId);
    await (updateTime ? reference.update({ ...next }, { lastUpdateTime: updateTime }) : reference.create({ ...next }));
  }
}
