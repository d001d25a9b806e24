import type { IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { Currency } from '../../catalog/currency.ts';
import type { ProviderMetadata } from '../seals/seals.ts';
import type { CheckoutState, OrderReceipt } from './payment.ts';

/** The data from which a provider opens a payment page. */
export interface CheckoutRequest {
  /** Also the provider's idempotency key, so that a repetition creates no second checkout. */
  readonly orderId: string;
  readonly accountId: string;
  /** The payer's customer id at the provider; null where the provider creates its customer on its own page. */
  readonly customerId: string | null;
  readonly email: string | null;
  /** The provider's product; null where the provider keeps no products of its own. */
  readonly productId: string | null;
  readonly productName: string;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
  /** The discount that the provider applies; null for none. */
  readonly promotionCodeId: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string;
  /** When the page has to close; null to leave that to the provider. */
  readonly expiresAt: IsoTime | null;
  /** The order's facts, for the payment's metadata. */
  readonly seal: Readonly<Record<string, string>>;
}

/** A payment page that a provider has opened. */
export interface Checkout {
  readonly sessionId: string;
  readonly url: string;
  readonly expiresAt: IsoTime;
  /** The discount as the provider applies it. */
  readonly discountMinor: number;
}

/** The order that a provider's object belongs to, and the object's metadata. */
export interface Origin {
  readonly provider: ProviderName;
  /** The order that the object was made for; null if the object isn't ours. */
  readonly orderId: string | null;
  /** Contains the order's sealed facts if this deployment wrote them. */
  readonly metadata: ProviderMetadata;
}

/** The current state of a checkout at its provider. */
export interface CheckoutTruth extends Origin {
  readonly kind: 'checkout';
  readonly sessionId: string;
  /** The amount before discount and tax. */
  readonly unitAmountMinor: number | null;
  readonly discountMinor: number;
  readonly currency: string | null;
  readonly state: CheckoutState;
  /** Null while it isn't paid. */
  readonly receipt: OrderReceipt | null;
  /** The payer, where the provider creates its customer on its own page. */
  readonly customerId?: string | null;
  /** The sold product; absent where the provider keeps no products of its own. */
  readonly productId?: string;
  /** The provider's subscription that the checkout started; null for none. */
  readonly providerSubscriptionId: string | null;
}

/** The data to charge a saved payment method without the customer present. */
export interface DirectPaymentRequest {
  /** Also the provider's idempotency key, so that a repetition doesn't charge twice. */
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

/** The current state of a payment with a saved method at its provider. */
export interface PaymentTruth extends Origin {
  readonly kind: 'payment';
  readonly paymentId: string;
  readonly unitAmountMinor: number;
  readonly currency: string;
  readonly state: CheckoutState;
  /** Null while it isn't paid. */
  readonly receipt: OrderReceipt | null;
  /** Why the latest attempt failed, in the provider's codes; null if it didn't fail. */
  readonly decline: { readonly code: string; readonly declineCode: string | null; readonly message: string } | null;
  /** Secret and page with which the customer confirms the payment; null unless the bank asks for a confirmation. */
  readonly confirmation: { readonly clientSecret: string; readonly url: string | null } | null;
}

/**
 * Port to a provider's payment pages.
 * @throws CREEM_PRODUCT_MISMATCH for a product that isn't what is sold, PAYMENT_PROVIDER_REFUSED,
 *   PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CheckoutProvider {
  /** Opens a payment page. A repetition opens no second page. */
  createCheckout(request: CheckoutRequest): Promise<Checkout>;
  /** Fetches the current state of a checkout, because events may arrive late and out of order. */
  fetchCheckout(sessionId: string): Promise<CheckoutTruth>;
  /**
   * Closes a page, so that it can no longer be paid. A paid or closed page stays unchanged. Does nothing where the
   * provider can't close pages.
   */
  closeCheckout(sessionId: string): Promise<void>;
}

/**
 * Port to payments on pages and with saved cards. Card data stays with the provider.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface PaymentProvider extends CheckoutProvider {
  /** Charges a saved method at once. A declined card is a result, not an error. */
  payDirectly(request: DirectPaymentRequest): Promise<PaymentTruth>;
  fetchPayment(paymentId: string): Promise<PaymentTruth>;
  /** Finds the checkout on which a payment was made; null for a payment that was made elsewhere. */
  findCheckout(paymentId: string): Promise<CheckoutTruth | null>;
  /**
   * Cancels an unpaid payment, so that it can't be made later. Returns its state, which may be `paid` if the payment
   * was faster.
   */
  cancelPayment(paymentId: string): Promise<PaymentTruth>;
}
