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
/** The share of a window's remaining requests that a process leases at a time, so that few requests cost a write. */
const LEASE_SHARE = 0.05;
const MAX_TRACKED_ACCOUNTS = 10_000;
const MAX_LEASE_TRIES = 20;

/** The catalog's limits of requests per minute. */
export interface RequestLimits {
  readonly requestsPerMinute: number;
  readonly ownerRequestsPerMinute: number;
}

/** The state of the present window. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: IsoTime;
}

interface Lease {
  readonly windowStart: IsoTime;
  /** The limit at the time of the lease. A changed limit needs a new lease. */
  readonly limit: number;
  /** Requests that this process may still admit. */
  unspent: number;
  /** Requests that no process had leased when this process last read the window. */
  unleased: number;
}

/**
 * Counts requests in windows of a minute, aligned to the clock. Processes lease parts of a window from the store, so
 * that all processes together never admit more than the limit. Leased requests that a process doesn't use are lost
 * until the window ends.
 */
export class RateLimiter {
  readonly #store: Pick<RateLimitStore, 'read' | 'write'>;
  readonly #clock: Clock;
  readonly #leases = new LRUCache<string, Lease>(atMost(MAX_TRACKED_ACCOUNTS));
  /** The leases under way, one per account at a time: concurrent requests wait for the same lease. */
  readonly #leasing = new Map<string, Promise<void>>();

  constructor(store: Pick<RateLimitStore, 'read' | 'write'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Takes a request out of the window; `admitted` is false if the window is used up. */
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

  /** Returns a taken request that wasn't carried out; does nothing if its window has ended. */
  giveBack(accountId: string, { resetsAt, limit }: RateLimitState): void {
    const lease = this.#leases.get(accountId);
    if (lease && stateOf(lease, limit).resetsAt === resetsAt) lease.unspent += 1;
  }

  /** Returns the state without taking a request. */
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
 * Returns the window to count in. If a process with a faster clock has begun a later window, all processes use that
 * window, because going back to the earlier one would forget the leased requests.
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
    // During maintenance a process sees only its own leases.
    remaining: Math.min(limit, Math.max(0, lease.unspent + lease.unleased)),
    // Windows end on whole seconds, so the milliseconds are left out.
    resetsAt: addSeconds(lease.windowStart, WINDOW_SECONDS).replace('.000Z', 'Z'),
  };
}
