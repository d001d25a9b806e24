import type { CustomersNeeds } from '../customers/needs.ts';
import type { PageSettings } from './pageSettings.ts';

/** Needs of the code that saves cards and opens providers' portals. */
export interface PaymentMethodsNeeds extends CustomersNeeds {
  readonly config: PageSettings;
}
