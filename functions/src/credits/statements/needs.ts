import type { Clock, Logger } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';

/** What makes a statement of a month. */
export interface StatementsNeeds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wallets: Ledger;
}
