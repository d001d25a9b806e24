import type { IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { Currency } from '../../catalog/currency.ts';
import type { ProviderMetadata } from '../seals/seals.ts';
import type { CheckoutState, OrderReceipt } from './payment.ts';

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
  /** The order's facts, for the payment's metadata. */
  readonly seal: Readonly<Record<string, string>>;
}

export interface Checkout {
  readonly sessionId: string;
  readonly url: string;
  readonly expiresAt: IsoTime;
  /** What the provider takes off. */
  readonly discountMinor: number;
}

/** What every payment says of the order that it was made for. */
export interface Origin {
  readonly provider: ProviderName;
  /** The order that it was made for; null for one that isn't ours. */
  readonly orderId: string | null;
  /** With the order's facts, if we put them there. */
  readonly metadata: ProviderMetadata;
}

/** What a provider says of a checkout now. */
export interface CheckoutTruth extends Origin {
  readonly kind: 'checkout';
  readonly sessionId: string;
  /** Before any discount and tax. */
  readonly unitAmountMinor: number | null;
  readonly discountMinor: number;
  readonly currency: string | null;
  readonly state: CheckoutState;
  /** Null while it isn't paid. */
  readonly receipt: OrderReceipt | null;
  /** Who paid, where the provider has made its customer on its own page. */
  readonly customerId?: string | null;
  /** What was sold, where the provider keeps products of its own. */
  readonly productId?: string;
  /** The provider's subscription that it has begun; null for none. */
  readonly providerSubscriptionId: string | null;
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
  /** The order's facts, for the payment's metadata. */
  readonly seal: Readonly<Record<string, string>>;
}

/** What a provider says of a payment with a saved method now. */
export interface PaymentTruth extends Origin {
  readonly kind: 'payment';
  readonly paymentId: string;
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

/**
 * Takes payments on pages of its own.
 * @throws CREEM_PRODUCT_MISMATCH for a product that isn't what is sold, PAYMENT_PROVIDER_REFUSED,
 *   PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CheckoutProvider {
  /** Opens a page; the same request never makes a second one. */
  createCheckout(request: CheckoutRequest): Promise<Checkout>;
  /** Fetches a checkout afresh, because events may come late and out of order. */
  fetchCheckout(sessionId: string): Promise<CheckoutTruth>;
  /**
   * Closes a page, so that nobody can pay on it any more; one that has been paid, or has closed by itself, stays as it
   * is. Does nothing where the provider can't.
   */
  closeCheckout(sessionId: string): Promise<void>;
}

/**
 * Takes payments, also with saved cards. Card data stays with it.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface PaymentProvider extends CheckoutProvider {
  /** Charges a saved method at once. A declined card is an answer, not an error. */
  payDirectly(request: DirectPaymentRequest): Promise<PaymentTruth>;
  fetchPayment(paymentId: string): Promise<PaymentTruth>;
  /** The checkout that a payment was made on; null for a payment that was made elsewhere. */
  findCheckout(paymentId: string): Promise<CheckoutTruth | null>;
  /** Gives up a payment that isn't made, so that it never will be; says how it stands then, which may be paid. */
  cancelPayment(paymentId: string): Promise<PaymentTruth>;
}
