import type { Firestore, Timestamp } from 'firebase-admin/firestore';
import type { IsoTime } from '../shared/time.ts';

/** What all processes together have leased of one account's window. */
export interface LeasedWindow {
  readonly windowStart: IsoTime;
  readonly leased: number;
}

export interface StoredWindow {
  readonly window: LeasedWindow | null;
  readonly updateTime: Timestamp | null;
}

/** `rateLimits/{accountId}` */
export class RateLimitStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  async read(accountId: string): Promise<StoredWindow> {
    const snapshot = await this.#db.collection('rateLimits').doc(accountId).get();
    return { window: (snapshot.data() as LeasedWindow | undefined) ?? null, updateTime: snapshot.updateTime ?? null };
  }

  /** Writes the window if it still is as it was read; otherwise the SDK's error says that somebody was faster. */
  async write(accountId: string, next: LeasedWindow, updateTime: Timestamp | null): Promise<void> {
    const reference = this.#db.collection('rateLimits').doc(accountId);
    await (updateTime ? reference.update({ ...next }, { lastUpdateTime: updateTime }) : reference.create({ ...next }));
  }
}
