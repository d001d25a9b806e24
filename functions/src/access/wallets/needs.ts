import type { Ledger } from '@cloud-bridge/ledger';

/** Needs of the code that finds the wallets of a caller. */
export interface WalletAccessNeeds {
  readonly wallets: Ledger;
}
