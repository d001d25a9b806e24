import type { Ledger } from '@cloud-bridge/ledger';
import type { Users } from '../../access/accounts/users.ts';
import type { CatalogNeeds } from '../../catalog/needs.ts';
import type { CheckInStore } from './checkIns.store.ts';

/** Needs of the code that gives credits for check-ins. */
export interface CheckinNeeds extends CatalogNeeds {
  readonly checkIns: CheckInStore;
  readonly users: Users;
  readonly wallets: Ledger;
}
