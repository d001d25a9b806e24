import type { InvoiceTruth } from './invoiceProvider.ts';
import type { CheckoutTruth, PaymentTruth } from './paymentProvider.ts';

/** The provider's current state of the checkout, card payment or invoice that was made for an order. */
export type OrderTruth = CheckoutTruth | PaymentTruth | InvoiceTruth;
