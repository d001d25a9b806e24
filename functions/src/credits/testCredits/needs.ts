import type { Clock } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';
/** Needs of the code that adds test credits. */
/** What adds credits to the test wallet. */
export interface TestCreditsNeeds {
  readonly clock: Clock;
  readonly wallets: Ledger;
}
