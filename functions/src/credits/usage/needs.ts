import type { Clock } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';
/** Needs of the code that reports usage. */
/** What reads the counters of days. */
export interface UsageNeeds {
  readonly clock: Clock;
  readonly wallets: Ledger;
}
