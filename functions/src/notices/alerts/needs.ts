import type { WorkNeeds } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import type { EventsNeeds } from '../events/needs.ts';
import type { AlertStore } from './alerts.store.ts';
import type { MailStore } from './mail.store.ts';
import type { VerifiedEmails } from './ports.ts';

/** Needs of the use cases that alert an account about its balance. */
export interface AlertsNeeds extends EventsNeeds, WorkNeeds {
  readonly alerts: AlertStore;
  readonly db: Firestore;
  readonly mail: MailStore;
  readonly users: VerifiedEmails;
  readonly wallets: Ledger;
}
