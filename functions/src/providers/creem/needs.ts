import type { Maintenance } from '../../platform/maintenance/maintenanceSwitch.ts';
import type { PageSettings } from '../../sales/paymentMethods/pageSettings.ts';
import type { ReconciliationNeeds } from '../../sales/reconciliation/needs.ts';
import type { CreemEventStore } from './creemEvents.store.ts';
import type { CreemPayments } from './creemRefunds.ts';

/** Needs of the code that follows events and payments at Creem. */
export interface CreemNeeds extends ReconciliationNeeds {
  readonly config: PageSettings & { readonly creemApiBaseUrl: string | null };
  readonly creemEvents: CreemEventStore;
  readonly creemPayments: CreemPayments;
  readonly creemWebhookSecrets: () => readonly string[];
  readonly maintenance: Maintenance;
}
