import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { DepositsNeeds } from '../deposits/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { PaymentMethodsNeeds } from '../paymentMethods/needs.ts';
import type { HasPortal } from '../paymentMethods/ports.ts';
import type { Provider } from '../payments/providers.ts';

/** What sells credits for an amount of the customer’s choice. */
export interface TopupsNeeds
  extends Omit<OrdersNeeds, 'creem'>,
    DepositsNeeds,
    Omit<PaymentMethodsNeeds, 'creem'>,
    ReadsCatalog {
  readonly creem: Provider & HasPortal;
}
