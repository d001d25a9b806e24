import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { DepositsNeeds } from '../deposits/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { PaymentMethodsNeeds } from '../paymentMethods/needs.ts';

/** Needs of the code that sells credits for an amount of the customer's choice. */
export interface TopupsNeeds extends OrdersNeeds, DepositsNeeds, PaymentMethodsNeeds, ReadsCatalog {
  readonly config: PaymentMethodsNeeds['config'] & DepositsNeeds['config'];
}
