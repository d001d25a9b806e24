import type { Clock, Logger } from '@cloud-bridge/base';
import type { BalanceObserver } from './balanceObserver.ts';
import type { Ledger } from './ledger.ts';

/** What expires holds and lots, and submits commands after it. */
export interface LedgerNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lowBalances: BalanceObserver;
  readonly wallets: Ledger;
}
