import type { Clock, Logger } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';

/** Needs of the code that makes monthly statements. */
export interface StatementsNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wallets: Ledger;
}
