import type { Currency } from '../../catalog/currency.ts';
import type { CheckoutState, OrderInvoice, OrderReceipt } from './payment.ts';
import type { Origin } from './paymentProvider.ts';

/** What an invoice is made from. */
export interface InvoiceRequest {
  /** Also the provider's idempotency key, so that a repetition never makes a second invoice. */
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

/** What a provider says of an invoice now. */
export interface InvoiceTruth extends Origin {
  readonly kind: 'invoice';
  readonly invoiceId: string;
  /** The provider's subscription that it bills, and ours if it was made for one; null for an invoice of none. */
  readonly subscription: { readonly providerSubscriptionId: string; readonly subscriptionId: string | null } | null;
  /** Before tax. */
  readonly unitAmountMinor: number;
  readonly discountMinor: number;
  readonly currency: string;
  readonly state: CheckoutState;
  /** Null while it is a draft. */
  readonly invoice: OrderInvoice | null;
  /** Null while it isn't paid. */
  readonly receipt: OrderReceipt | null;
}

/**
 * Sends invoices that are paid later.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface InvoiceProvider {
  sendInvoice(request: InvoiceRequest): Promise<InvoiceTruth>;
  /** Fetches an invoice afresh, because events may come late and out of order. */
  fetchInvoice(invoiceId: string): Promise<InvoiceTruth>;
  /** The invoice that a payment pays; null for a payment of something else. */
  findByPayment(paymentId: string): Promise<InvoiceTruth | null>;
}
