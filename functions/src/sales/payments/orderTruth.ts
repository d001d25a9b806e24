import type { InvoiceTruth } from './invoiceProvider.ts';
import type { CheckoutTruth, PaymentTruth } from './paymentProvider.ts';

/** What a provider says now of the page, the payment with a saved card or the invoice that was made for an order. */
export type OrderTruth = CheckoutTruth | PaymentTruth | InvoiceTruth;
