import {
  type CAPABILITIES,
  type Capabilities,
  DEFAULT_PROVIDER,
  type ProviderName,
} from '../../access/accounts/providerName.ts';
import type { CardProvider } from './cardProvider.ts';
import type { CustomerPortal } from './customerPortal.ts';
import type { CustomerProvider } from './customerProvider.ts';
import type { DiscountProvider } from './discountProvider.ts';
import type { InvoiceProvider } from './invoiceProvider.ts';
import { isAtProvider, type OrderProvider } from './orderProvider.ts';
import type { CheckoutProvider, PaymentProvider } from './paymentProvider.ts';
import type { RefundProvider } from './refundProvider.ts';
import type { CardSubscriptionProvider, SubscriptionProvider } from './subscriptionProvider.ts';

/** A port of a provider that can do something; null of a provider that can't. */
type PortIf<Can extends boolean, Port> = Can extends true ? Port : null;

/** A port of every provider but those that do something by themselves. */
type PortUnless<Does extends boolean, Port> = Does extends true ? null : Port;

/** A provider of payments: a port for each thing that it does. Its capabilities say which ports it has. */
export interface Provider<Can extends Capabilities = Capabilities> {
  readonly name: ProviderName;
  /**
   * Where this deployment doesn't have the provider, its ports refuse every call with the same error.
   * @throws CREEM_NOT_CONFIGURED
   */
  requireConfigured(): void;
  /** True for an id that the provider's customers may have, and no other provider's. */
  isCustomerId(id: string): boolean;
  /** True for the id of a payment. What costs nothing has none: then the page or invoice was what was fulfilled. */
  isPaymentId(id: string): boolean;
  readonly checkouts: CheckoutProvider;
  readonly portal: CustomerPortal;
  readonly refunds: RefundProvider;
  readonly subscriptions: Can['savesCards'] extends true ? CardSubscriptionProvider : SubscriptionProvider;
  readonly cards: PortIf<Can['savesCards'], CardProvider>;
  readonly customers: PortUnless<Can['makesOwnCustomers'], CustomerProvider>;
  readonly discounts: PortIf<Can['takesDiscounts'], DiscountProvider>;
  readonly invoices: PortIf<Can['sendsInvoices'], InvoiceProvider>;
  /** Payments with saved cards, and what payments were made for. */
  readonly payments: PortIf<Can['savesCards'], PaymentProvider>;
}

/** All providers, those included that this deployment doesn't have. */
export type Providers = { readonly [Name in ProviderName]: Provider<(typeof CAPABILITIES)[Name]> };

interface HasProviders {
  readonly providers: Providers;
}

/**
 * The provider of an order or a subscription. A deposit on a chain is there before its order, which asks nothing more.
 */
export function providerOf({ providers }: HasProviders, order: { readonly provider: OrderProvider }): Provider {
  if (!isAtProvider(order)) throw new Error('an order that a deposit paid has nobody to ask');
  return providers[order.provider];
}

/** The provider that has saved cards, invoices and discounts. */
export function defaultProvider({ providers }: HasProviders): Providers[typeof DEFAULT_PROVIDER] {
  return providers[DEFAULT_PROVIDER];
}

/** A port of an order's provider, for an order that only a provider with this port can have. */
export function portOf<Port extends 'invoices' | 'payments'>(
  deps: HasProviders,
  order: { readonly provider: OrderProvider },
  port: Port,
): NonNullable<Provider[Port]> {
  const provider = providerOf(deps, order);
  const found = provider[port];
  if (!found) throw new Error(`${provider.name} has no ${port}`);
  return found;
}
