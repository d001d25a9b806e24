import type { Currency } from '../catalog/catalog.ts';
import type { CheckoutState } from '../orders/order.ts';
import type { IsoTime } from '../shared/time.ts';

/** What a provider needs to sell one thing. */
export interface CheckoutRequest {
  /** Also the provider's idempotency key, so that a repetition never makes a second checkout. */
  readonly orderId: string;
  readonly accountId: string;
  /** Who pays, as the provider knows the account. */
  readonly customerId: string;
  readonly productName: string;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface Checkout {
  readonly sessionId: string;
  readonly url: string;
  readonly expiresAt: IsoTime;
}

/** What a provider says of a checkout now. */
export interface CheckoutTruth {
  readonly sessionId: string;
  /** The order that it was made for; null for one that isn't ours. */
  readonly orderId: string | null;
  readonly unitAmountMinor: number | null;
  readonly currency: string | null;
  readonly state: CheckoutState;
}

/** Takes payments. Card data stays with it. */
export interface PaymentProvider {
  /** Throws AppError 502/503 `PAYMENT_PROVIDER_…`. */
  createCheckout(request: CheckoutRequest): Promise<Checkout>;
  /** Fetches a checkout afresh, because events may come late and out of order. */
  fetchCheckout(sessionId: string): Promise<CheckoutTruth>;
}
