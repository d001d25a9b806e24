import type { Currency } from '../../catalog/currency.ts';
import type { CheckoutState, OrderInvoice, OrderReceipt } from './payment.ts';
import type { Origin } from './paymentProvider.ts';

/** The data from which a provider creates an invoice. */
export interface InvoiceRequest {
  /** Also the provider's idempotency key, so that a repetition creates no second invoice. */
  readonly orderId: string;
  readonly accountId: string;
  readonly customerId: string;
  readonly productName: string;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
  readonly daysUntilDue: number;
  /** The order's facts, for the invoice's metadata. */
  readonly seal: Readonly<Record<string, string>>;
}

/** The current state of an invoice at its provider. */
export interface InvoiceTruth extends Origin {
  readonly kind: 'invoice';
  readonly invoiceId: string;
  /**
   * The provider's subscription that the invoice bills, and our subscription if the provider's was made for one; null
   * for an invoice without a subscription.
   */
  readonly subscription: { readonly providerSubscriptionId: string; readonly subscriptionId: string | null } | null;
  /** The amount before discount and tax. */
  readonly unitAmountMinor: number;
  readonly discountMinor: number;
  readonly currency: string;
  readonly state: CheckoutState;
  /** Null while the invoice is a draft. */
  readonly invoice: OrderInvoice | null;
  /** Null until the invoice is paid. */
  readonly receipt: OrderReceipt | null;
}

/**
 * Port to invoices that customers pay later.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface InvoiceProvider {
  sendInvoice(request: InvoiceRequest): Promise<InvoiceTruth>;
  /** Fetches the current state of an invoice, because events may arrive late and out of order. */
  fetchInvoice(invoiceId: string): Promise<InvoiceTruth>;
  /** Finds the invoice that a payment pays; null for a payment of something else. */
  findByPayment(paymentId: string): Promise<InvoiceTruth | null>;
}
