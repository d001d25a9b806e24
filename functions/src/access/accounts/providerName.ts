/** The providers that take payments. */
export const PROVIDERS = ['stripe', 'creem'] as const;

export type ProviderName = (typeof PROVIDERS)[number];

/**
 * What a provider can do, and what it leaves to this deployment. All code that serves every provider asks for these
 * and never for a provider's name.
 */
export interface Capabilities {
  /**
   * Makes a customer on its own page with the first payment, and keeps who that is, as a seller has to. Another
   * provider is told of a customer before, and forgets it when it is told so.
   */
  readonly makesOwnCustomers: boolean;
  /** Bills all subscriptions of a customer in the same currency. */
  readonly oneCurrencyPerCustomer: boolean;
  /** Sells products that are set up at the provider: the catalog has to name the product of a pack or plan. */
  readonly sellsOwnProducts: boolean;
  /** Takes off what a coupon says. */
  readonly takesDiscounts: boolean;
  /** Keeps cards and charges them while their owners are away. */
  readonly savesCards: boolean;
  /** Sends invoices that are paid later. */
  readonly sendsInvoices: boolean;
  /** Has a portal with a way back to a page of ours. */
  readonly portalLeadsBack: boolean;
  /** Lets nobody but this deployment put metadata on a payment; elsewhere buyers can write there what they want. */
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

/** The provider of every request that names none: it keeps saved cards, invoices and discounts. */
export const DEFAULT_PROVIDER = 'stripe' satisfies ProviderName;

/** The providers that can do something. */
export function providersThat<C extends keyof Capabilities>(capability: C): ProviderName[] {
  return PROVIDERS.filter((provider) => CAPABILITIES[provider][capability]);
}

/** An id at a provider as the API's `stripe…Id` fields tell it: null for an id at another provider. */
export function stripeIdOf(provider: string, id: string | null): string | null {
  return provider === 'stripe' ? id : null;
}
