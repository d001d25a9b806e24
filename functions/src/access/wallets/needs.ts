import type { Ledger } from '@cloud-bridge/ledger';

/** What finds the wallets that a caller may reach. */
export interface WalletAccessNeeds {
  readonly wallets: Ledger;
}
