import { type Asynchronous, type Logger, lazily } from '@cloud-bridge/base';
import type { CardProvider } from '../../sales/payments/cardProvider.ts';
import type { CustomerPortal } from '../../sales/payments/customerPortal.ts';
import type { CustomerProvider } from '../../sales/payments/customerProvider.ts';
import type { DiscountProvider } from '../../sales/payments/discountProvider.ts';
import type { InvoiceProvider } from '../../sales/payments/invoiceProvider.ts';
import type { CheckoutProvider, PaymentProvider } from '../../sales/payments/paymentProvider.ts';
import type { Providers } from '../../sales/payments/providers.ts';
import type { RefundProvider } from '../../sales/payments/refundProvider.ts';
import type { CardSubscriptionProvider } from '../../sales/payments/subscriptionProvider.ts';
import type { StripeNeeds } from './needs.ts';
import type { StripeClient } from './stripeClient.ts';
import type { TaxMode } from './stripeProvider.ts';

/** Stripe as a provider, and the reader of objects that its events are about. */
interface Stripe {
  readonly provider: Providers['stripe'];
  readonly objects: StripeNeeds['stripeObjects'];
}

/**
 * Creates the provider Stripe, which every deployment has. The code that calls Stripe is loaded on first use, because
 * most requests never need it.
 */
export function createStripe(
  client: () => Promise<StripeClient>,
  { tax, logger }: { readonly tax: TaxMode; readonly logger: Logger },
): Stripe {
  const port = <T extends object & Asynchronous<T>>(load: (client: () => StripeClient) => Promise<T>): T =>
    lazily<T>(async () => {
      const connected = await client();
      return load(() => connected);
    });
  const payments = port<CheckoutProvider & PaymentProvider>(async (connected) => {
    const { StripeProvider } = await import('./stripeProvider.ts');
    return new StripeProvider(connected, tax);
  });
  const provider = {
    name: 'stripe',
    requireConfigured: () => {},
    isCustomerId: (id: string) => id.startsWith('cus_'),
    isPaymentId: (id: string) => id.startsWith('pi_'),
    checkouts: payments,
    payments,
    cards: port<CardProvider>(async (connected) => {
      const { StripeCards } = await import('./stripeCards.ts');
      return new StripeCards(connected);
    }),
    customers: port<CustomerProvider>(async (connected) => {
      const { StripeCustomers } = await import('./stripeCustomers.ts');
      return new StripeCustomers(connected);
    }),
    discounts: port<DiscountProvider>(async (connected) => {
      const { StripeDiscountProvider } = await import('./stripeDiscounts.ts');
      return new StripeDiscountProvider(connected);
    }),
    invoices: port<InvoiceProvider>(async (connected) => {
      const { StripeInvoices } = await import('./stripeInvoices.ts');
      return new StripeInvoices(connected);
    }),
    portal: port<CustomerPortal>(async (connected) => {
      const { StripePortal } = await import('./stripePortal.ts');
      return new StripePortal(connected, logger);
    }),
    refunds: port<RefundProvider>(async (connected) => {
      const { StripeRefundProvider } = await import('./stripeRefunds.ts');
      return new StripeRefundProvider(connected);
    }),
    subscriptions: port<CardSubscriptionProvider>(async (connected) => {
      const { StripeSubscriptions } = await import('./stripeSubscriptions.ts');
      return new StripeSubscriptions(connected, logger);
    }),
  } as const;
  const objects = port<StripeNeeds['stripeObjects']>(async (connected) => {
    const { StripeObjects } = await import('./stripeObjects.ts');
    return new StripeObjects(connected);
  });
  return { provider, objects };
}
