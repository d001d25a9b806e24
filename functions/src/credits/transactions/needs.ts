import type { Ledger } from '@cloud-bridge/ledger';

/** Needs of the code that lists and exports ledger entries. */
export interface TransactionsNeeds {
  readonly wallets: Ledger;
}
