import type { Clock } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import type { AccountsNeeds } from '../../access/accounts/needs.ts';
import type { AuditLogNeeds } from '../../access/auditLog/needs.ts';

/** Needs of the code that posts operators' corrections. */
export interface AdjustmentsNeeds extends AuditLogNeeds {
  readonly accounts: AccountsNeeds['accounts'];
  readonly clock: Clock;
  readonly db: Firestore;
  readonly wallets: Ledger;
}
