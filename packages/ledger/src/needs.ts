import type { Clock, Logger } from '@cloud-bridge/base';
import type { BalanceObserver } from './balanceObserver.ts';
import type { Ledger } from './ledger.ts';

/** Needs of the code that submits commands and expires holds and lots. */
export interface LedgerNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lowBalances: BalanceObserver;
  readonly wallets: Ledger;
}
