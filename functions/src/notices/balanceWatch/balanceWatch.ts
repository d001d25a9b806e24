/** Asks automatic top-up to check an account as soon as a charge brings its balance below the account's level. */

import { atMost, type Clock, type IsoTime, type Logger } from '@cloud-bridge/base';
import { MAIN_WALLET_ID, type WalletAddress } from '@cloud-bridge/ledger';
import { LRUCache } from 'lru-cache';

/** How long a process uses a level that it has read, and waits before it asks again for a balance that stays low. */
const REMEMBERED_MS = 60_000;
const MAX_ACCOUNTS = 50_000;
/** The level of an account without a listener: no balance is ever below it. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Listens for low balances; automatic top-up is the listener. */
export interface LowBalanceListener {
  /** Returns the balance, in credits, below which to call `ask`; null for accounts that the listener doesn't handle. */
  findLevel(accountId: string): Promise<number | null>;
  /** Asks the listener to check an account whose balance is low. */
  ask(accountId: string, askedAt: IsoTime): Promise<void>;
}

/**
 * Receives the balance that each charge leaves behind, after the charge's commit. A charge that brings the balance
 * below the account's level always asks the listener to check. While the balance stays below the level, each process
 * asks at most once a minute. No charge waits for the listener. The listener's sweep finds accounts that a crash or an
 * outdated level leaves out.
 */
export class BalanceWatch {
  readonly #listener: LowBalanceListener;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #levels: LRUCache<string, number>;
  readonly #asked = new LRUCache<string, true>({ ...atMost(MAX_ACCOUNTS), ttl: REMEMBERED_MS });
  readonly #underWay = new Set<Promise<void>>();

  constructor(listener: LowBalanceListener, clock: Clock, logger: Logger) {
    this.#listener = listener;
    this.#clock = clock;
    this.#logger = logger;
    this.#levels = new LRUCache<string, number>({
      ...atMost(MAX_ACCOUNTS),
      ttl: REMEMBERED_MS,
      ignoreFetchAbort: true,
      // Concurrent charges share one read.
      fetchMethod: async (accountId) => (await listener.findLevel(accountId)) ?? NEVER,
    });
  }

  /**
   * Handles the balance after a charge. Returns at once and never throws.
   * @param beforeCredits credits that were available before the charge
   */
  notice({ accountId, walletId }: WalletAddress, availableCredits: number, beforeCredits: number): void {
    if (walletId !== MAIN_WALLET_ID) return;
    const level = this.#levels.get(accountId);
    if (level !== undefined && (availableCredits >= level || this.#isAsked(accountId, beforeCredits < level))) return;
    const work = this.#look(accountId, availableCredits, beforeCredits).catch((error: unknown) => {
      this.#logger.error('could not report a low balance', { accountId, cause: String(error) });
    });
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** Resolves when no report to the listener is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Returns true when this process has asked within the last minute and the balance was low before the charge. */
  #isAsked(accountId: string, wasLow: boolean): boolean {
    return wasLow && this.#asked.has(accountId);
  }

  async #look(accountId: string, availableCredits: number, beforeCredits: number): Promise<void> {
    const level = await this.#levels.forceFetch(accountId);
    if (availableCredits >= level || this.#isAsked(accountId, beforeCredits < level)) return;
    this.#asked.set(accountId, true);
    try {
      await this.#listener.ask(accountId, this.#clock());
    } catch (error) {
      this.#asked.delete(accountId);
      throw error;
    }
  }
}
