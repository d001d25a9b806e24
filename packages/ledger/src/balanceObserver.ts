import type { WalletAddress } from './wallet.ts';

/** Is told of the balance that a command leaves, after the commit or a refusal for lack of credits. */
export interface BalanceObserver {
  /**
   * Takes note of a balance. Returns at once and never throws.
   * @param beforeCredits the available credits before the command
   */
  notice(address: WalletAddress, availableCredits: number, beforeCredits: number): void;
}
