import type { CustomersNeeds } from '../customers/needs.ts';
import type { PageSettings } from './pageSettings.ts';

/** What saves cards and opens the portals of providers. */
export interface PaymentMethodsNeeds extends CustomersNeeds {
  readonly config: PageSettings;
}
