import { LRUCache } from 'lru-cache';
import { atMost } from '../shared/atMost.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock, IsoTime } from '../shared/time.ts';
import { MAIN_WALLET_ID, type WalletAddress } from './wallet.ts';

/** How long a process goes by the level that it has read, and keeps quiet after it has asked. */
const REMEMBERED_MS = 60_000;
const MAX_ACCOUNTS = 50_000;
/** Below this no balance ever is: of an account for which nobody watches. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Somebody who wants to know when a balance is low. */
export interface LowBalanceListener {
  /** The balance below which it wants to be asked; null for an account that is nothing to it. */
  findLevel(accountId: string): Promise<number | null>;
  ask(accountId: string, askedAt: IsoTime): Promise<void>;
}

/** Told of every balance that a charge leaves behind. */
export interface BalanceObserver {
  /** Returns at once and never throws. */
  notice(address: WalletAddress, availableCredits: number): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** Tells several of each balance. */
export function observers(all: readonly BalanceObserver[]): BalanceObserver {
  return {
    notice(address, availableCredits) {
      for (const each of all) each.notice(address, availableCredits);
    },
    async idle() {
      await Promise.all(all.map((each) => each.idle()));
    },
  };
}

/**
 * Told of every balance that a charge leaves behind, after its commit. Where it is below the account's level, it asks
 * the listener to look. No charge waits for that; what is missed here, the listener's sweep finds.
 */
export class BalanceWatch implements BalanceObserver {
  readonly #listener: LowBalanceListener;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #levels: LRUCache<string, number>;
  readonly #asked = new LRUCache<string, true>({ ...atMost(MAX_ACCOUNTS), ttl: REMEMBERED_MS });
  readonly #underWay = new Set<Promise<void>>();

  /** @param absentMs how long a process goes by having read that an account has no level */
  constructor(listener: LowBalanceListener, clock: Clock, logger: Logger, absentMs = REMEMBERED_MS) {
    this.#listener = listener;
    this.#clock = clock;
    this.#logger = logger;
    this.#levels = new LRUCache<string, number>({
      ...atMost(MAX_ACCOUNTS),
      ttl: REMEMBERED_MS,
      ignoreFetchAbort: true,
      // Concurrent charges share one read.
      fetchMethod: async (accountId, _stale, { options }) => {
        const level = await listener.findLevel(accountId);
        if (level === null) options.ttl = absentMs;
        return level ?? NEVER;
      },
    });
  }

  notice({ accountId, walletId }: WalletAddress, availableCredits: number): void {
    if (walletId !== MAIN_WALLET_ID || this.#asked.has(accountId)) return;
    const level = this.#levels.get(accountId);
    if (level !== undefined && availableCredits >= level) return;
    const work = this.#look(accountId, availableCredits).catch((error: unknown) => {
      this.#logger.error('could not ask because of a low balance', { accountId, cause: String(error) });
    });
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #look(accountId: string, availableCredits: number): Promise<void> {
    const level = await this.#levels.forceFetch(accountId);
    if (availableCredits >= level || this.#asked.has(accountId)) return;
    this.#asked.set(accountId, true);
    try {
      await this.#listener.ask(accountId, this.#clock());
    } catch (error) {
      this.#asked.delete(accountId);
      throw error;
    }
  }
}
