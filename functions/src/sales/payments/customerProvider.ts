import type { ProviderName } from '../../access/accounts/providerName.ts';

/** Who a provider knows an account as. */
export interface CustomerDetails {
  readonly accountId: string;
  readonly email: string | null;
  /** The customer that the provider no longer has, which this one is made instead of. */
  readonly replaces?: string;
}

/** What the provider knows of who a customer is, from its own pages. */
export interface BillingDetails {
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly address: Readonly<Record<string, string | null>> | null;
  readonly taxIds: readonly { readonly type: string; readonly value: string }[];
}

/**
 * Keeps customers, which are made before they pay.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CustomerProvider {
  /** Makes a customer, and for the same account the same one as long as the provider remembers; gives its id. */
  createCustomer(details: CustomerDetails): Promise<string>;
  readDetails(customerId: string): Promise<BillingDetails>;
  /** Takes from a customer the cards, tax ids and whatever else tells who it is; payments stay. May be repeated. */
  forgetCustomer(customerId: string): Promise<void>;
}

/** A provider that keeps such customers. */
export interface KeepsCustomers {
  readonly name: ProviderName;
  readonly customers: CustomerProvider;
}
