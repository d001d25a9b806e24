import type { WorkNeeds } from '@cloud-bridge/base';
import type { SubscriptionsNeeds } from '../subscriptions/needs.ts';

/** What asks providers about what no webhook told of. */
export interface ReconciliationNeeds extends SubscriptionsNeeds, WorkNeeds {}
