import type { Firestore, Timestamp } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import { mayBeRetried } from '../shared/firestoreErrors.ts';
import { addSeconds, type Clock, type IsoTime, isoTime } from '../shared/time.ts';

export const WINDOW_SECONDS = 60;
/** A process leases this share of a window's requests at a time, so that a request rarely costs a write. */
const LEASE_SHARE = 0.05;
const MAX_TRACKED_ACCOUNTS = 10_000;
const MAX_LEASE_TRIES = 20;

/** What is left of the present window. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: IsoTime;
}

/** What all processes together have leased of one account's window. */
interface LeasedWindow {
  readonly windowStart: IsoTime;
  readonly leased: number;
}

interface Lease {
  windowStart: IsoTime;
  /** What this process may still admit. */
  unspent: number;
  /** What nobody had leased when this process last looked. */
  unleased: number;
}

/**
 * Counts requests in windows of a minute that are aligned to the clock. Processes lease parts of a window from
 * `rateLimits/{accountId}`, so that all of them together never admit more than the limit; what a process leased and
 * doesn't use is lost to the others until the window ends.
 */
export class RateLimiter {
  readonly #db: Firestore;
  readonly #clock: Clock;
  readonly #leases = new LRUCache<string, Lease>({ max: MAX_TRACKED_ACCOUNTS });
  /** One lease at a time and account: concurrent requests wait for the same one. */
  readonly #leasing = new Map<string, Promise<void>>();

  constructor(db: Firestore, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Takes one request out of the window. `admitted: false` when it is used up. */
  async take(accountId: string, limit: number): Promise<RateLimitState & { admitted: boolean }> {
    for (;;) {
      const lease = this.#leaseOf(accountId, limit);
      if (lease.unspent > 0) {
        lease.unspent -= 1;
        return { ...stateOf(lease, limit), admitted: true };
      }
      if (lease.unleased <= 0) return { ...stateOf(lease, limit), admitted: false };
      await this.#leaseOnce(accountId, limit, lease.windowStart);
    }
  }

  /** The state without taking anything. */
  async peek(accountId: string, limit: number): Promise<RateLimitState> {
    const lease = this.#leaseOf(accountId, limit);
    const { leased } = await this.#read(accountId, lease.windowStart);
    return stateOf({ ...lease, unleased: Math.max(0, limit - leased) }, limit);
  }

  #leaseOf(accountId: string, limit: number): Lease {
    const windowStart = windowStartOf(this.#clock());
    const known = this.#leases.get(accountId);
    if (known?.windowStart === windowStart) return known;
    const fresh = { windowStart, unspent: 0, unleased: limit };
    this.#leases.set(accountId, fresh);
    return fresh;
  }

  #leaseOnce(accountId: string, limit: number, windowStart: IsoTime): Promise<void> {
    const underWay = this.#leasing.get(accountId);
    if (underWay) return underWay;
    const leasing = this.#leaseMore(accountId, limit, windowStart).finally(() => this.#leasing.delete(accountId));
    this.#leasing.set(accountId, leasing);
    return leasing;
  }

  async #leaseMore(accountId: string, limit: number, windowStart: IsoTime): Promise<void> {
    const reference = this.#db.collection('rateLimits').doc(accountId);
    for (let attempt = 0; ; attempt += 1) {
      const { leased, updateTime } = await this.#read(accountId, windowStart);
      const amount = Math.min(Math.max(1, Math.floor(limit * LEASE_SHARE)), limit - leased);
      const lease = this.#leases.get(accountId);
      if (amount <= 0) {
        if (lease?.windowStart === windowStart) lease.unleased = 0;
        return;
      }
      const next: LeasedWindow = { windowStart, leased: leased + amount };
      try {
        await (updateTime ? reference.update({ ...next }, { lastUpdateTime: updateTime }) : reference.create(next));
      } catch (error) {
        if (!mayBeRetried(error) || attempt >= MAX_LEASE_TRIES) throw error;
        continue;
      }
      if (lease?.windowStart === windowStart) {
        lease.unspent += amount;
        lease.unleased = limit - next.leased;
      }
      return;
    }
  }

  async #read(accountId: string, windowStart: IsoTime): Promise<{ leased: number; updateTime: Timestamp | null }> {
    const snapshot = await this.#db.collection('rateLimits').doc(accountId).get();
    const stored = snapshot.data() as LeasedWindow | undefined;
    // A window that another process with a faster clock has begun counts as this one: the limit holds in any case.
    const leased = stored && stored.windowStart >= windowStart ? stored.leased : 0;
    return { leased, updateTime: snapshot.updateTime ?? null };
  }
}

function windowStartOf(now: IsoTime): IsoTime {
  const windowMs = WINDOW_SECONDS * 1000;
  return isoTime(Math.floor(Date.parse(now) / windowMs) * windowMs);
}

function stateOf(lease: Lease, limit: number): RateLimitState {
  return {
    limit,
    remaining: Math.max(0, lease.unspent + lease.unleased),
    // Windows end on whole seconds, and are told without the milliseconds.
    resetsAt: addSeconds(lease.windowStart, WINDOW_SECONDS).replace('.000Z', 'Z'),
  };
}
