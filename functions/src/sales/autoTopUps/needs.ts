import type { WorkNeeds } from '@cloud-bridge/base';
import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { PaymentMethodsNeeds } from '../paymentMethods/needs.ts';
import type { AutoTopUpStore } from './autoTopUps.store.ts';

/** Needs of the code that buys credits when an account runs low. */
export interface AutoTopUpsNeeds extends OrdersNeeds, PaymentMethodsNeeds, WorkNeeds, ReadsCatalog {
  readonly autoTopUps: AutoTopUpStore;
}
