import type { ApiKeysNeeds } from '../../access/apiKeys/needs.ts';
import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { HasPortal } from '../paymentMethods/customerPortal.ts';
import type { PaymentMethodsNeeds } from '../paymentMethods/needs.ts';
import type { Provider } from '../payments/providers.ts';
import type { SubscriptionStore } from './subscriptions.store.ts';

/** What begins, follows and ends subscriptions. */
export interface SubscriptionsNeeds
  extends OrdersNeeds,
    Omit<ApiKeysNeeds, 'catalog'>,
    Omit<PaymentMethodsNeeds, 'creem'>,
    ReadsCatalog {
  readonly creem: Provider & HasPortal;
  readonly subscriptions: SubscriptionStore;
}
