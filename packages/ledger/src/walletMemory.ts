import type { Timestamp } from 'firebase-admin/firestore';
import type { LRUCache } from 'lru-cache';
import type { WalletCommand } from './commands.ts';
import type { Entry } from './entry.ts';
import type { CommittedWrite, LedgerWrite, StoredLedger, StoredWallet } from './ledger.store.ts';
import { type WalletAddress, walletKey } from './wallet.ts';

/** An open hold as it was last committed, and since when nothing has happened to its wallet that isn't known. */
interface RememberedHold {
  readonly entry: Entry;
  readonly updateTime: Timestamp;
  readonly since: symbol;
}

/** Open holds of all wallets that a process remembers; a forgotten one costs its settlement a read. */
export type HoldMemory = LRUCache<string, RememberedHold>;

/**
 * A wallet and its open holds as this process last committed them. A guess: somebody else may have written since, so
 * every commit is tied to the versions that are remembered. Every change of a hold writes its wallet too, so
 * holds are as good as the wallet is.
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

  /** True for a hold that may be settled without being read. */
  hasHold(chargeId: string): boolean {
    return this.#hold(chargeId) !== undefined;
  }

  /** What commands can be decided on without reading, if their own entries are new; null if something is missing. */
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

  /** Remembers what was committed on what was recalled or read. */
  committed({ before, after, created, updated }: LedgerWrite, { updateTime, entryUpdateTimes }: CommittedWrite): void {
    // What was read instead of recalled says nothing of the holds that were remembered before.
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

  /** Somebody else has written, or nobody knows. */
  forget(): void {
    this.#wallet = null;
    this.#since = Symbol();
  }

  #hold(chargeId: string): RememberedHold | undefined {
    const hold = this.#holds.get(this.#prefix + chargeId);
    return hold?.since === this.#since ? hold : undefined;
  }
}
