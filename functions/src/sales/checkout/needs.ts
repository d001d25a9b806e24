import type { SubscriptionsNeeds } from '../subscriptions/needs.ts';

/** Needs of the code that opens and closes payment pages. */
export interface CheckoutNeeds extends SubscriptionsNeeds {}
