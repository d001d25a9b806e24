import type { WorkNeeds } from '@cloud-bridge/base';
import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { HasPortal } from '../paymentMethods/customerPortal.ts';
import type { PaymentMethodsNeeds } from '../paymentMethods/needs.ts';
import type { Provider } from '../payments/providers.ts';
import type { AutoTopUpStore } from './autoTopUps.store.ts';

/** What buys credits when an account runs low. */
export interface AutoTopUpsNeeds
  extends Omit<OrdersNeeds, 'creem'>,
    Omit<PaymentMethodsNeeds, 'creem'>,
    WorkNeeds,
    ReadsCatalog {
  readonly autoTopUps: AutoTopUpStore;
  readonly creem: Provider & HasPortal;
}
