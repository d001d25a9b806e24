import type { Clock, Logger } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import type { AccountsNeeds } from '../accounts/needs.ts';
import type { Users } from '../accounts/users.ts';
import type { OwnerCheckStore } from './ownerChecks.store.ts';

/** Needs of the code that freezes accounts whose owner is disabled or deleted in Firebase Auth. */
export interface OwnersNeeds {
  readonly accounts: AccountsNeeds['accounts'];
  readonly clock: Clock;
  readonly db: Firestore;
  readonly logger: Logger;
  readonly ownerChecks: OwnerCheckStore;
  readonly users: Users;
}
