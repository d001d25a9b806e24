import {
  addSeconds,
  atMost,
  backOff,
  type Clock,
  type IsoTime,
  isoTime,
  laterOf,
  mayBeRetried,
} from '@cloud-bridge/base';
import { LRUCache } from 'lru-cache';
import type { LeasedWindow, RateLimitStore } from './rateLimit.store.ts';

export const WINDOW_SECONDS = 60;
/** A process leases this share of what is left of a window at a time, so that a request rarely costs a write. */
const LEASE_SHARE = 0.05;
const MAX_TRACKED_ACCOUNTS = 10_000;
const MAX_LEASE_TRIES = 20;

/** How many requests a minute the catalog allows. */
export interface RequestLimits {
  readonly requestsPerMinute: number;
  readonly ownerRequestsPerMinute: number;
}

/** What is left of the present window. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: IsoTime;
}

interface Lease {
  readonly windowStart: IsoTime;
  /** Under which limit it was leased; another one is looked at anew. */
  readonly limit: number;
  /** What this process may still admit. */
  unspent: number;
  /** What nobody had leased when this process last looked. */
  unleased: number;
}

/**
 * Counts requests in windows of a minute that are aligned to the clock. Processes lease parts of a window from the
 * store, so that all of them together never admit more than the limit; what a process leased and doesn't use is lost
 * to the others until the window ends.
 */
export class RateLimiter {
  readonly #store: Pick<RateLimitStore, 'read' | 'write'>;
  readonly #clock: Clock;
  readonly #leases = new LRUCache<string, Lease>(atMost(MAX_TRACKED_ACCOUNTS));
  /** One lease at a time and account: concurrent requests wait for the same one. */
  readonly #leasing = new Map<string, Promise<void>>();

  constructor(store: Pick<RateLimitStore, 'read' | 'write'>, clock: Clock) {
    this.#store = store;
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
      await this.#leaseOnce(accountId, limit, lease);
    }
  }

  /** Gives back a request that was taken and then not made; nothing once its window is over. */
  giveBack(accountId: string, { resetsAt, limit }: RateLimitState): void {
    const lease = this.#leases.get(accountId);
    if (lease && stateOf(lease, limit).resetsAt === resetsAt) lease.unspent += 1;
  }

  /** The state without taking anything. */
  async peek(accountId: string, limit: number): Promise<RateLimitState> {
    const lease = this.#leaseOf(accountId, limit);
    const { window } = await this.#store.read(accountId);
    const { leased } = windowFor(window, lease.windowStart);
    return stateOf({ ...lease, unleased: Math.max(0, limit - leased) }, limit);
  }

  #leaseOf(accountId: string, limit: number): Lease {
    const windowStart = windowStartOf(this.#clock());
    const known = this.#leases.get(accountId);
    const isCurrent = known && known.windowStart >= windowStart;
    if (isCurrent && known.limit === limit) return known;
    const fresh = { windowStart: isCurrent ? known.windowStart : windowStart, limit, unspent: 0, unleased: limit };
    this.#leases.set(accountId, fresh);
    return fresh;
  }

  #leaseOnce(accountId: string, limit: number, lease: Lease): Promise<void> {
    const underWay = this.#leasing.get(accountId);
    if (underWay) return underWay;
    const leasing = this.#leaseMore(accountId, limit, lease).finally(() => this.#leasing.delete(accountId));
    this.#leasing.set(accountId, leasing);
    return leasing;
  }

  async #leaseMore(accountId: string, limit: number, lease: Lease): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const { window, updateTime } = await this.#store.read(accountId);
      const current = windowFor(window, lease.windowStart);
      const left = limit - current.leased;
      const amount = Math.min(left, Math.max(1, Math.floor(left * LEASE_SHARE)));
      if (amount > 0) {
        try {
          await this.#store.write(accountId, { ...current, leased: current.leased + amount }, updateTime);
        } catch (error) {
          if (!mayBeRetried(error) || attempt >= MAX_LEASE_TRIES) throw error;
          await backOff(attempt);
          continue;
        }
      }
      this.#leases.set(accountId, {
        windowStart: current.windowStart,
        limit,
        unspent: Math.max(0, amount),
        unleased: Math.max(0, left - amount),
      });
      return;
    }
  }
}

/**
 * The window to count in. One that a process with a faster clock has begun is everybody's: going back to the one
 * before would forget what was leased.
 */
function windowFor(stored: LeasedWindow | null, windowStart: IsoTime): LeasedWindow {
  if (!stored || stored.windowStart < windowStart) return { windowStart, leased: 0 };
  return { windowStart: laterOf(windowStart, stored.windowStart), leased: stored.leased };
}

function windowStartOf(now: IsoTime): IsoTime {
  const windowMs = WINDOW_SECONDS * 1000;
  return isoTime(Math.floor(Date.parse(now) / windowMs) * windowMs);
}

function stateOf(lease: Lease, limit: number): RateLimitState {
  return {
    limit,
    // During maintenance a process sees only what it has leased meanwhile.
    remaining: Math.min(limit, Math.max(0, lease.unspent + lease.unleased)),
    // Windows end on whole seconds, and are told without the milliseconds.
    resetsAt: addSeconds(lease.windowStart, WINDOW_SECONDS).replace('.000Z', 'Z'),
  };
}
