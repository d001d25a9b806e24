import type { WorkNeeds } from '@cloud-bridge/base';
import type { SubscriptionsNeeds } from '../subscriptions/needs.ts';

/** Needs of the code that asks providers for changes whose webhooks were lost. */
export interface ReconciliationNeeds extends SubscriptionsNeeds, WorkNeeds {}
