import type { SubscriptionsNeeds } from '../subscriptions/needs.ts';

/** What opens and closes the pages of checkouts. */
export interface CheckoutNeeds extends SubscriptionsNeeds {}
