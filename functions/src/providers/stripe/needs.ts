import type { Maintenance } from '../../platform/maintenance/maintenanceSwitch.ts';
import type { ReconciliationNeeds } from '../../sales/reconciliation/needs.ts';
import type { StripeClient } from './stripeClient.ts';
import type { StripeObjects } from './stripeObjects.ts';

/** Needs of the code that follows events at Stripe. */
export interface StripeNeeds extends ReconciliationNeeds {
  readonly maintenance: Maintenance;
  readonly stripe: () => Promise<StripeClient>;
  readonly stripeObjects: Pick<StripeObjects, 'paymentBehind' | 'subscriptionReference'>;
  readonly stripeWebhookSecrets: () => readonly string[];
}
