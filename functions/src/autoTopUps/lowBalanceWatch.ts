import { LRUCache } from 'lru-cache';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { MAIN_WALLET_ID, type WalletAddress } from '../wallets/wallet.ts';
import type { AutoTopUpStore } from './autoTopUps.store.ts';

/** How long a process goes by the threshold that it has read, and keeps quiet after it has asked. */
const REMEMBERED_MS = 60_000;
const MAX_ACCOUNTS = 50_000;
/** Below this no balance ever is: of an account without automatic top-up. */
const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Told of every balance that a charge leaves behind, after its commit. Where it is below the account's threshold, it asks
 * for a top-up. No charge waits for that; what is missed here, the sweep finds.
 */
export class LowBalanceWatch {
  readonly #store: AutoTopUpStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #thresholds: LRUCache<string, number>;
  readonly #asked = new LRUCache<string, true>({ max: MAX_ACCOUNTS, ttl: REMEMBERED_MS });
  readonly #underWay = new Set<Promise<void>>();

  constructor(store: AutoTopUpStore, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#thresholds = new LRUCache<string, number>({
      max: MAX_ACCOUNTS,
      ttl: REMEMBERED_MS,
      ignoreFetchAbort: true,
      // Concurrent charges share one read.
      fetchMethod: async (accountId) => {
        const autoTopUp = await store.find(accountId);
        return autoTopUp?.enabled && !autoTopUp.pause ? autoTopUp.thresholdCredits : NEVER;
      },
    });
  }

  /** Returns at once and never throws. */
  notice({ accountId, walletId }: WalletAddress, availableCredits: number): void {
    if (walletId !== MAIN_WALLET_ID || this.#asked.has(accountId)) return;
    const threshold = this.#thresholds.get(accountId);
    if (threshold !== undefined && availableCredits >= threshold) return;
    const work = this.#look(accountId, availableCredits).catch((error: unknown) => {
      this.#logger.error('could not ask for a top-up', { accountId, cause: String(error) });
    });
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #look(accountId: string, availableCredits: number): Promise<void> {
    const threshold = await this.#thresholds.forceFetch(accountId);
    if (availableCredits >= threshold || this.#asked.has(accountId)) return;
    this.#asked.set(accountId, true);
    try {
      await this.#store.ask(accountId, this.#clock());
    } catch (error) {
      this.#asked.delete(accountId);
      throw error;
    }
  }
}
