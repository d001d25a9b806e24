import type { InvoiceProvider } from './invoiceProvider.ts';
import type { PaymentProvider } from './paymentProvider.ts';
import type { Provider } from './providers.ts';
import type { RefundProvider } from './refundProvider.ts';
import type { CardSubscriptionProvider } from './subscriptionProvider.ts';

/** The providers of payments. */
export interface PaymentsNeeds {
  readonly creem: Provider;
  readonly invoices: InvoiceProvider;
  readonly payments: PaymentProvider;
  readonly refundProvider: RefundProvider;
  readonly subscriptionProvider: CardSubscriptionProvider;
}
