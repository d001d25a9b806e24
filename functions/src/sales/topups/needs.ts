import type { ReadsCatalog } from '../../catalog/needs.ts';
import type { DepositsNeeds } from '../deposits/needs.ts';
import type { OrdersNeeds } from '../orders/needs.ts';
import type { HasPortal } from '../paymentMethods/customerPortal.ts';
import type { PaymentMethodsNeeds } from '../paymentMethods/needs.ts';
import type { PageSettings } from '../paymentMethods/pageSettings.ts';
import type { Provider } from '../payments/providers.ts';

/** What sells credits for an amount of the customer’s choice. */
export interface TopupsNeeds
  extends Omit<OrdersNeeds, 'creem'>,
    Omit<DepositsNeeds, 'config'>,
    Omit<PaymentMethodsNeeds, 'creem' | 'config'>,
    ReadsCatalog {
  readonly config: PageSettings & DepositsNeeds['config'];
  readonly creem: Provider & HasPortal;
}
