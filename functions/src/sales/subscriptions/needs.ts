import type { ApiKeysNeeds } from '../../access/apiKeys/needs.ts';
import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { PaymentMethodsNeeds } from '../paymentMethods/needs.ts';
import type { SubscriptionStore } from './subscriptions.store.ts';

/** Needs of the code that begins, follows and ends subscriptions. */
export interface SubscriptionsNeeds
  extends OrdersNeeds,
    Omit<ApiKeysNeeds, 'catalog'>,
    PaymentMethodsNeeds,
    ReadsCatalog {
  readonly subscriptions: SubscriptionStore;
}
