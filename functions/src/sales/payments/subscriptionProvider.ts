import type { IsoTime } from '@cloud-bridge/base';
import type { PlanOffer, PlanPeriod } from '../../catalog/planOffer.ts';
import type { ProviderMetadata } from '../seals/seals.ts';
import type { PaymentError } from './payment.ts';
import type { Checkout } from './paymentProvider.ts';
import type { SubscriptionStatus } from './subscriptionStatus.ts';

/** A paid invoice of a subscription. */
export interface PaidInvoice {
  readonly id: string;
  /** The payment; null for an invoice over 0. */
  readonly paymentId: string | null;
  readonly paidAt: IsoTime;
  readonly amountPaidMinor: number;
  /**
   * The amount before tax; only where the provider adds tax. Otherwise the amount is what was paid plus any discount.
   */
  readonly unitAmountMinor?: number;
  readonly taxAmountMinor: number;
  /** The provider's page of the invoice; null if there is none. */
  readonly url: string | null;
  /** The whole period that the invoice pays for; null for an invoice that only settles a change within a period. */
  readonly period: (PlanPeriod & { readonly endsAt: IsoTime }) | null;
  /** True for the subscription's first invoice. */
  readonly isFirst: boolean;
}

/** The current state of a subscription at its provider. */
export interface SubscriptionTruth {
  readonly providerSubscriptionId: string;
  /** Our subscription that the provider's was made for; null for another system's subscription. */
  readonly subscriptionId: string | null;
  /** Contains the order's sealed facts if this deployment wrote them. */
  readonly metadata: ProviderMetadata;
  /** In lower case; null before the first payment where the provider has currencies only on payments. */
  readonly currency: string | null;
  /** The provider's product; absent where the provider keeps no products of its own. */
  readonly productId?: string;
  readonly customerId: string;
  readonly status: SubscriptionStatus;
  readonly cancelAtPeriodEnd: boolean;
  readonly currentPeriodStartAt: IsoTime | null;
  readonly currentPeriodEndAt: IsoTime | null;
  readonly endedAt: IsoTime | null;
  /** The plan of the next period; null for a price that isn't ours. */
  readonly next: PlanPeriod | null;
  /** The latest paid invoices, oldest first. */
  readonly paidInvoices: readonly PaidInvoice[];
  /** Why the latest invoice is unpaid; null if it is paid. */
  readonly lastPaymentError: PaymentError | null;
}

/** The data from which a provider creates a subscription. */
export interface NewSubscription {
  /** Also the provider's idempotency key, so that a repetition creates no second subscription. */
  readonly subscriptionId: string;
  readonly orderId: string;
  readonly accountId: string;
  /** Null where the provider creates its customer on its own page. */
  readonly customerId: string | null;
  readonly offer: PlanOffer;
  /** The order's facts, for the subscription's metadata. */
  readonly seal: Readonly<Record<string, string>>;
}

/** The data from which a provider opens the payment page of a subscription. */
export interface SubscriptionCheckout extends NewSubscription {
  readonly email: string | null;
  /** The provider's product; null where the provider keeps no products of its own. */
  readonly productId: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string;
  /** The discount on the first period; null for none. */
  readonly promotionCodeId: string | null;
  /** When the page has to close; null to leave that to the provider. */
  readonly expiresAt: IsoTime | null;
}

/** The result of charging a card at once: a paid subscription, or the reason for the decline. */
export type DirectSubscription =
  | { readonly status: 'paid'; readonly providerSubscriptionId: string }
  | { readonly status: 'declined'; readonly declined: PaymentError };

/**
 * Port to a provider's subscriptions, whose renewals the provider charges.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface SubscriptionProvider {
  /** Opens a page on which the customer pays the first period. */
  openCheckout(request: SubscriptionCheckout): Promise<Checkout>;
  /** Fetches the subscription that such a page started (null for none), and whether the page has expired. */
  fetchCheckout(
    sessionId: string,
  ): Promise<{ readonly providerSubscriptionId: string | null; readonly isExpired: boolean }>;
  /** Fetches the current state of a subscription, because events may arrive late and out of order. */
  fetch(providerSubscriptionId: string): Promise<SubscriptionTruth>;
  /** Finds the provider's subscription that was made for one of ours; null if there is none. */
  findId(customerId: string | null, subscriptionId: string): Promise<string | null>;
  setCancelAtPeriodEnd(providerSubscriptionId: string, cancelAtPeriodEnd: boolean): Promise<void>;
  /**
   * Changes the plan from the next period on. A change of the interval starts a new period, which is charged, at once.
   * The rest of the current period is neither charged nor credited.
   * @throws PLAN_CHANGE_NOT_SUPPORTED where the provider can't change plans, PAYMENT_PROVIDER_REFUSED,
   *   PAYMENT_PROVIDER_UNAVAILABLE
   */
  changePlan(providerSubscriptionId: string, offer: PlanOffer): Promise<{ readonly declined: PaymentError | null }>;
}

/**
 * Port to the subscriptions of a provider that also charges saved cards.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CardSubscriptionProvider extends SubscriptionProvider {
  /** Creates a subscription and charges the customer's default method for the first period. */
  subscribe(request: NewSubscription): Promise<DirectSubscription>;
}
