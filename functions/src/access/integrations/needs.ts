import type { Firestore } from 'firebase-admin/firestore';
import type { ApiKeysNeeds } from '../apiKeys/needs.ts';
import type { IntegrationStore } from './integrations.store.ts';

/** Needs of the code that manages store integrations and their keys. */
export interface IntegrationsNeeds extends ApiKeysNeeds {
  readonly db: Firestore;
  readonly integrations: IntegrationStore;
}
