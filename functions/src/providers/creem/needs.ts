import type { Maintenance } from '../../platform/maintenance/maintenanceSwitch.ts';
import type { PageSettings } from '../../sales/paymentMethods/pageSettings.ts';
import type { ReconciliationNeeds } from '../../sales/reconciliation/needs.ts';
import type { Creem } from './creem.ts';
import type { CreemEventStore } from './creemEvents.store.ts';

/** What follows events and payments at Creem. */
export interface CreemNeeds extends Omit<ReconciliationNeeds, 'creem'> {
  readonly config: PageSettings & { readonly creemApiBaseUrl: string | null };
  readonly creem: Creem;
  readonly creemEvents: CreemEventStore;
  readonly creemWebhookSecrets: () => readonly string[];
  readonly maintenance: Maintenance;
}
