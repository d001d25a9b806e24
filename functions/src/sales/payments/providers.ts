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

/** A port that exists only if a provider has the capability; null otherwise. */
type PortIf<Can extends boolean, Port> = Can extends true ? Port : null;

/** A port that exists only if a provider lacks the capability; null otherwise. */
type PortUnless<Does extends boolean, Port> = Does extends true ? null : Port;

/**
 * A payment provider: one port for each thing that it does. The type derives the ports from the provider's
 * capabilities.
 */
export interface Provider<Can extends Capabilities = Capabilities> {
  readonly name: ProviderName;
  /**
   * Throws if this deployment isn't configured for the provider; the provider's ports then refuse every call with the
   * same error.
   * @throws CREEM_NOT_CONFIGURED
   */
  requireConfigured(): void;
  /** True for an id in the format of this provider's customer ids; no two providers share a format. */
  isCustomerId(id: string): boolean;
  /**
   * True for the id of a payment. An order that cost nothing has no payment; its `paymentId` is the id of its page or
   * invoice.
   */
  isPaymentId(id: string): boolean;
  readonly checkouts: CheckoutProvider;
  readonly portal: CustomerPortal;
  readonly refunds: RefundProvider;
  readonly subscriptions: Can['savesCards'] extends true ? CardSubscriptionProvider : SubscriptionProvider;
  readonly cards: PortIf<Can['savesCards'], CardProvider>;
  readonly customers: PortUnless<Can['makesOwnCustomers'], CustomerProvider>;
  readonly discounts: PortIf<Can['takesDiscounts'], DiscountProvider>;
  readonly invoices: PortIf<Can['sendsInvoices'], InvoiceProvider>;
  /** Payments with saved cards, and the orders that payments were made for. */
  readonly payments: PortIf<Can['savesCards'], PaymentProvider>;
}

/** All providers, including those that this deployment isn't configured for. */
export type Providers = { readonly [Name in ProviderName]: Provider<(typeof CAPABILITIES)[Name]> };

interface HasProviders {
  readonly providers: Providers;
}

/**
 * Returns the provider of an order or a subscription. Throws for an order that a deposit paid, because no provider can
 * be asked about it.
 */
export function providerOf({ providers }: HasProviders, order: { readonly provider: OrderProvider }): Provider {
  if (!isAtProvider(order)) throw new Error('an order that a deposit paid has no payment provider');
  return providers[order.provider];
}

/** Returns the default provider, which has saved cards, invoices and discounts. */
export function defaultProvider({ providers }: HasProviders): Providers[typeof DEFAULT_PROVIDER] {
  return providers[DEFAULT_PROVIDER];
}

/** Returns a port of an order's provider. Throws if the provider doesn't have the port, which its orders can't need. */
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
