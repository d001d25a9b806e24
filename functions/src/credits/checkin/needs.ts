import type { Ledger } from '@cloud-bridge/ledger';
import type { Users } from '../../access/accounts/users.ts';
import type { CatalogNeeds } from '../../catalog/needs.ts';
import type { CheckInStore } from './checkIns.store.ts';

/** What gives credits for a check-in. */
export interface CheckinNeeds extends CatalogNeeds {
  readonly checkIns: CheckInStore;
  readonly users: Users;
  readonly wallets: Ledger;
}
