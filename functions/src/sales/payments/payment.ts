import type { IsoTime } from '@cloud-bridge/base';

/** Why a payment failed, in the provider's words. */
export interface PaymentError {
  readonly code: string;
  readonly message: string;
}

/** An invoice that was sent to the customer. */
export interface OrderInvoice {
  readonly invoiceId: string;
  /** The page on which the invoice is paid. */
  readonly url: string | null;
  readonly pdfUrl: string | null;
  readonly dueAt: IsoTime;
}

/** The provider's receipt of a payment, and the total that was paid. */
export interface OrderReceipt {
  /** The provider's page of the invoice; null if there is none. */
  readonly invoiceUrl: string | null;
  /** The provider's page of the receipt; null if there is none. */
  readonly receiptUrl: string | null;
  /** The total paid, less the discount, with tax. */
  readonly paidAmountMinor: number;
  readonly taxAmountMinor: number;
}

/** The state of a checkout, payment or invoice at its provider, in this project's terms. */
export type CheckoutState =
  | { readonly status: 'open' | 'processing' | 'expired' | 'canceled'; readonly lastPaymentError: PaymentError | null }
  | { readonly status: 'failed'; readonly lastPaymentError: PaymentError }
  | { readonly status: 'paid'; readonly paymentId: string };
