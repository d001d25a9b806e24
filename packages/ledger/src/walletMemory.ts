import type { Timestamp } from 'firebase-admin/firestore';
import type { LRUCache } from 'lru-cache';
import type { WalletCommand } from './commands.ts';
import type { Entry } from './entry.ts';
import type { CommittedWrite, LedgerWrite, StoredLedger, StoredWallet } from './ledger.store.ts';
import { type WalletAddress, walletKey } from './wallet.ts';

/** An open hold as last committed. `since` marks the period in which this process knows every write to the wallet. */
interface RememberedHold {
  readonly entry: Entry;
  readonly updateTime: Timestamp;
  readonly since: symbol;
}

/** Open holds of all wallets that a process remembers. A hold that is forgotten has to be read before it is settled. */
export type HoldMemory = LRUCache<string, RememberedHold>;

/**
 * Remembers a wallet and its open holds as this process last committed them. Another process may have written since, so
 * every commit requires the remembered versions. Every change of a hold also writes its wallet, so the wallet's version
 * also covers its holds.
 */
export class WalletMemory {
  readonly #prefix: string;
  readonly #holds: HoldMemory;
  #wallet: StoredWallet | null = null;
  #since = Symbol();

  constructor(address: WalletAddress, holds: HoldMemory) {
    this.#prefix = `${walletKey(address)}/`;
    this.#holds = holds;
  }

  /** True for a hold that can be settled without a read. */
  hasHold(chargeId: string): boolean {
    return this.#hold(chargeId) !== undefined;
  }

  /**
   * Returns the state for deciding commands without a read, assuming that their own entries are new; null if a part is
   * missing.
   */
  recall(commands: readonly WalletCommand[]): StoredLedger | null {
    if (!this.#wallet) return null;
    const entries = new Map<string, Entry>();
    const entryUpdateTimes = new Map<string, Timestamp>();
    for (const command of commands) {
      if (!('chargeId' in command)) continue;
      const hold = this.#hold(command.chargeId);
      if (!hold) return null;
      entries.set(hold.entry.id, hold.entry);
      entryUpdateTimes.set(hold.entry.id, hold.updateTime);
    }
    return { ...this.#wallet, entries, entryUpdateTimes };
  }

  /** Remembers a wallet that was read and not written. */
  saw(wallet: StoredWallet): void {
    this.forget();
    this.#wallet = wallet.updateTime ? wallet : null;
  }

  /** Remembers a commit that was decided on recalled or read state. */
  committed({ before, after, created, updated }: LedgerWrite, { updateTime, entryUpdateTimes }: CommittedWrite): void {
    // If the wallet was read afresh, others may have changed the remembered holds.
    if (before.updateTime !== this.#wallet?.updateTime) this.forget();
    this.#wallet = { wallet: after, updateTime };
    for (const entry of [...created, ...updated]) {
      const isOpen = entry.charge?.status === 'held';
      const entryUpdateTime = entryUpdateTimes.get(entry.id);
      if (isOpen && entryUpdateTime) {
        this.#holds.set(this.#prefix + entry.id, { entry, updateTime: entryUpdateTime, since: this.#since });
      } else if (entry.charge) {
        this.#holds.delete(this.#prefix + entry.id);
      }
    }
  }

  /** Forgets the wallet and its holds, after another process has written or an outcome is unknown. */
  forget(): void {
    this.#wallet = null;
    this.#since = Symbol();
  }

  #hold(chargeId: string): RememberedHold | undefined {
    const hold = this.#holds.get(this.#prefix + chargeId);
    return hold?.since === this.#since ? hold : undefined;
  }
}
