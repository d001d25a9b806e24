import type { IsoTime } from '@cloud-bridge/base';

/** What went wrong with a payment, in the provider's words. */
export interface PaymentError {
  readonly code: string;
  readonly message: string;
}

/** An invoice that was sent to the customer. */
export interface OrderInvoice {
  readonly invoiceId: string;
  /** Where it is paid. */
  readonly url: string | null;
  readonly pdfUrl: string | null;
  readonly dueAt: IsoTime;
}

/** What the provider gave the customer for a payment, and what was paid in all. */
export interface OrderReceipt {
  /** The provider's pages; null where there is none. */
  readonly invoiceUrl: string | null;
  readonly receiptUrl: string | null;
  /** Less the discount, with tax. */
  readonly paidAmountMinor: number;
  readonly taxAmountMinor: number;
}

/** What a provider says of a checkout or payment, in this project's words. */
export type CheckoutState =
  | { readonly status: 'open' | 'processing' | 'expired' | 'canceled'; readonly lastPaymentError: PaymentError | null }
  | { readonly status: 'failed'; readonly lastPaymentError: PaymentError }
  | { readonly status: 'paid'; readonly paymentId: string };
