/** The providers that take payments. */
export const PROVIDERS = ['stripe', 'creem'] as const;

export type ProviderName = (typeof PROVIDERS)[number];

/**
 * The features of a provider. Code that serves every provider asks for these, never for a provider's name.
 */
export interface Capabilities {
  /**
   * Creates the customer on its own page with the first payment, and keeps the customer's data, as a seller must. For
   * another provider, we create the customer before the payment, and can have the customer erased.
   */
  readonly makesOwnCustomers: boolean;
  /** Bills all subscriptions of a customer in one currency. */
  readonly oneCurrencyPerCustomer: boolean;
  /** Sells only products that are set up at the provider, so the catalog has to name the product of a pack or plan. */
  readonly sellsOwnProducts: boolean;
  /** Applies a coupon's discount. */
  readonly takesDiscounts: boolean;
  /** Saves cards and charges them while their owners are away. */
  readonly savesCards: boolean;
  /** Sends invoices that customers pay later. */
  readonly sendsInvoices: boolean;
  /** Has a customer portal that links back to our page. */
  readonly portalLeadsBack: boolean;
  /** Only this deployment can set a payment's metadata. Without this, buyers can set it too, so it can't be trusted. */
  readonly guardsMetadata: boolean;
}

export const CAPABILITIES = {
  stripe: {
    makesOwnCustomers: false,
    oneCurrencyPerCustomer: true,
    sellsOwnProducts: false,
    takesDiscounts: true,
    savesCards: true,
    sendsInvoices: true,
    portalLeadsBack: true,
    guardsMetadata: true,
  },
  creem: {
    makesOwnCustomers: true,
    oneCurrencyPerCustomer: false,
    sellsOwnProducts: true,
    takesDiscounts: false,
    savesCards: false,
    sendsInvoices: false,
    portalLeadsBack: false,
    guardsMetadata: false,
  },
} as const satisfies Record<ProviderName, Capabilities>;

/** The provider of every request that doesn't name a provider; it has saved cards, invoices and discounts. */
export const DEFAULT_PROVIDER = 'stripe' satisfies ProviderName;

/** Returns the providers that have a capability. */
export function providersThat<C extends keyof Capabilities>(capability: C): ProviderName[] {
  return PROVIDERS.filter((provider) => CAPABILITIES[provider][capability]);
}

/** Returns the value of one of the API's `stripe…Id` fields: null if the id is from another provider. */
export function stripeIdOf(provider: string, id: string | null): string | null {
  return provider === 'stripe' ? id : null;
}
