import type { Clock, Logger } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import type { ReportStore } from './reports.store.ts';

/** Needs of the code that reports all accounts' credits by month. */
export interface ReportsNeeds {
  readonly clock: Clock;
  readonly db: Firestore;
  readonly logger: Logger;
  readonly reports: ReportStore;
  readonly wallets: Ledger;
}
