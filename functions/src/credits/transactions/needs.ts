import type { Ledger } from '@cloud-bridge/ledger';

/** What reads the ledger. */
export interface TransactionsNeeds {
  readonly wallets: Ledger;
}
