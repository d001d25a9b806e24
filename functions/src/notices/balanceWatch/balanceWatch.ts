/** Has automatic top-ups look at an account as soon as a charge brings its balance below the account's level. */

import { atMost, type Clock, type IsoTime, type Logger } from '@cloud-bridge/base';
import { MAIN_WALLET_ID, type WalletAddress } from '@cloud-bridge/ledger';
import { LRUCache } from 'lru-cache';

/** How long a process goes by the level that it has read, and keeps quiet after it has asked. */
const REMEMBERED_MS = 60_000;
const MAX_ACCOUNTS = 50_000;
/** The level of an account for which nobody watches: no balance is ever below it. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Wants to know when a balance is low, as automatic top-ups do. */
export interface LowBalanceListener {
  /** The balance below which the listener wants to be asked; null for an account that doesn't concern the listener. */
  findLevel(accountId: string): Promise<number | null>;
  ask(accountId: string, askedAt: IsoTime): Promise<void>;
}

/**
 * Is told of the balance that each charge leaves behind, after the charge's commit. A charge that brings the balance
 * below the account's level always has the listener asked to look; while the balance stays below, each process asks
 * once a minute at most. No charge waits for that; the listener's sweep finds what a crash or an old level leaves out.
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
   * Returns at once and never throws.
   * @param beforeCredits what was available before the charge
   */
  notice({ accountId, walletId }: WalletAddress, availableCredits: number, beforeCredits: number): void {
    if (walletId !== MAIN_WALLET_ID) return;
    const level = this.#levels.get(accountId);
    if (level !== undefined && (availableCredits >= level || this.#isAsked(accountId, beforeCredits < level))) return;
    const work = this.#look(accountId, availableCredits, beforeCredits).catch((error: unknown) => {
      this.#logger.error('could not ask because of a low balance', { accountId, cause: String(error) });
    });
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** True when there was asked for an account whose balance was low before and has stayed low. */
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
