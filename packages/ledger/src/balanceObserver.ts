import type { WalletAddress } from './wallet.ts';

/** Somebody who is told of the balance that a charge leaves behind, after its commit. */
export interface BalanceObserver {
  /**
   * Returns at once and never throws.
   * @param beforeCredits what was available before the charge
   */
  notice(address: WalletAddress, availableCredits: number, beforeCredits: number): void;
}
