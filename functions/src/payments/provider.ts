import type { Currency } from '../catalog/catalog.ts';
import type { CheckoutState, OrderReceipt } from '../orders/order.ts';
import type { IsoTime } from '../shared/time.ts';

/** What a provider needs to sell one thing. */
export interface CheckoutRequest {
  /** Also the provider's idempotency key, so that the same request never makes a second checkout. */
  readonly orderId: string;
  readonly accountId: string;
  /** Who pays, as the provider knows the account; null where it makes its customer on its own page. */
  readonly customerId: string | null;
  readonly email: string | null;
  /** What is sold, where the provider keeps products of its own. */
  readonly productId: string | null;
  readonly productName: string;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
  /** A discount that the provider takes off. */
  readonly promotionCodeId: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string;
  /** When the page is to close; null: when the provider closes its pages. */
  readonly expiresAt: IsoTime | null;
}

export interface Checkout {
  readonly sessionId: string;
  readonly url: string;
  readonly expiresAt: IsoTime;
  /** What the provider takes off. */
  readonly discountMinor: number;
}

/** What a provider says of a checkout now. */
export interface CheckoutTruth {
  readonly sessionId: string;
  /** The order that it was made for; null for one that isn't ours. */
  readonly orderId: string | null;
  /** Before any discount and tax. */
  readonly unitAmountMinor: number | null;
  readonly discountMinor: number;
  readonly currency: string | null;
  readonly state: CheckoutState;
  /** Null while it isn't paid. */
  readonly receipt: OrderReceipt | null;
  /** Who paid, where the provider has made its customer on its own page. */
  readonly customerId?: string | null;
}

/** What is needed to charge a saved payment method while its owner is away. */
export interface DirectPaymentRequest {
  /** Also the provider's idempotency key, so that a repetition never charges twice. */
  readonly orderId: string;
  readonly accountId: string;
  readonly customerId: string;
  readonly paymentMethodId: string;
  readonly productName: string;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

/** What a provider says of a payment with a saved method now. */
export interface PaymentTruth {
  readonly paymentId: string;
  /** The order that it was made for; null for one that isn't ours. */
  readonly orderId: string | null;
  readonly unitAmountMinor: number;
  readonly currency: string;
  readonly state: CheckoutState;
  /** Null while it isn't paid. */
  readonly receipt: OrderReceipt | null;
  /** Why the latest attempt failed, in the provider's codes. */
  readonly decline: { readonly code: string; readonly declineCode: string | null; readonly message: string } | null;
  /** With what the customer can confirm it in front of a page; only while the bank wants that. */
  readonly confirmation: { readonly clientSecret: string; readonly url: string | null } | null;
}

/** Takes payments on pages of its own. */
export interface CheckoutProvider {
  /** Like all others throws AppError 502/503 `PAYMENT_PROVIDER_…`. */
  createCheckout(request: CheckoutRequest): Promise<Checkout>;
  /** Fetches a checkout afresh, because events may come late and out of order. */
  fetchCheckout(sessionId: string): Promise<CheckoutTruth>;
  /**
   * Closes a page, so that nobody can pay on it any more; one that has been paid, or has closed by itself, stays as it
   * is. Does nothing where the provider can't.
   */
  closeCheckout(sessionId: string): Promise<void>;
}

/** Takes payments, also with saved cards. Card data stays with it. */
export interface PaymentProvider extends CheckoutProvider {
  /** Charges a saved method at once. A declined card is an answer, not an error. */
  payDirectly(request: DirectPaymentRequest): Promise<PaymentTruth>;
  fetchPayment(paymentId: string): Promise<PaymentTruth>;
  /** Gives up a payment that isn't made, so that it never will be; says how it stands then, which may be paid. */
  cancelPayment(paymentId: string): Promise<PaymentTruth>;
}
