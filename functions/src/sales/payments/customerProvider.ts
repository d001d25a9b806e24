import type { ProviderName } from '../../access/accounts/providerName.ts';

/** The data from which a provider creates an account's customer. */
export interface CustomerDetails {
  readonly accountId: string;
  readonly email: string | null;
  /** The customer that the provider no longer has, and that the new one replaces. */
  readonly replaces?: string;
}

/** A customer's personal data that the provider collected on its own pages. */
export interface BillingDetails {
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly address: Readonly<Record<string, string | null>> | null;
  readonly taxIds: readonly { readonly type: string; readonly value: string }[];
}

/**
 * Port to a provider's customers, which are created before they pay.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CustomerProvider {
  /**
   * Creates a customer and returns its id. A repetition for the same account returns the same customer as long as the
   * provider remembers the request.
   */
  createCustomer(details: CustomerDetails): Promise<string>;
  readDetails(customerId: string): Promise<BillingDetails>;
  /** Removes a customer's cards, tax ids and other personal data; payments stay. May be repeated. */
  forgetCustomer(customerId: string): Promise<void>;
}

/** A provider whose customers are created before they pay. */
export interface KeepsCustomers {
  readonly name: ProviderName;
  readonly customers: CustomerProvider;
}
