import type { Clock } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';

/** What reads the counters of days. */
export interface UsageNeeds {
  readonly clock: Clock;
  readonly wallets: Ledger;
}
