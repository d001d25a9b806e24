import type { LedgerNeeds } from '@cloud-bridge/ledger';
import type { IntegrationsNeeds } from '../../access/integrations/needs.ts';
import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { DeliveryStore } from './deliveries.store.ts';
import type { DeliveryUpstream } from './upstream/upstream.ts';

/** Needs of the code that makes deliveries. */
export interface DeliveriesNeeds extends LedgerNeeds, ReadsCatalog, Omit<IntegrationsNeeds, 'catalog'> {
  readonly config: { readonly deliveryDeadlineSeconds: number };
  readonly deliveries: DeliveryStore;
  readonly upstream: DeliveryUpstream | null;
}
