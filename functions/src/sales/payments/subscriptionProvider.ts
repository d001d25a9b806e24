import type { IsoTime } from '@cloud-bridge/base';
import type { PlanOffer, PlanPeriod } from '../../catalog/planOffer.ts';
import type { ProviderMetadata } from '../seals/seals.ts';
import type { PaymentError } from './payment.ts';
import type { Checkout } from './paymentProvider.ts';
import type { SubscriptionStatus } from './subscriptionStatus.ts';

/** An invoice of a subscription that has been paid. */
export interface PaidInvoice {
  readonly id: string;
  /** The payment; null for what cost nothing. */
  readonly paymentId: string | null;
  readonly paidAt: IsoTime;
  readonly amountPaidMinor: number;
  /** What it cost before tax, where the provider adds tax; otherwise that is what was paid, and any discount. */
  readonly unitAmountMinor?: number;
  readonly taxAmountMinor: number;
  /** The provider's page of it. */
  readonly url: string | null;
  /** The whole period that it pays for; null for one that only settles a change within a period. */
  readonly period: (PlanPeriod & { readonly endsAt: IsoTime }) | null;
  /** True for the one with which the subscription began. */
  readonly isFirst: boolean;
}

/** What a provider says of a subscription now. */
export interface SubscriptionTruth {
  readonly providerSubscriptionId: string;
  /** Ours that it was made for; null for a subscription of somebody else's. */
  readonly subscriptionId: string | null;
  /** With the facts of its order, if we put them there. */
  readonly metadata: ProviderMetadata;
  /** In lower case; null while nothing was paid, where only payments have one. */
  readonly currency: string | null;
  /** What is sold, where the provider keeps products of its own. */
  readonly productId?: string;
  readonly customerId: string;
  readonly status: SubscriptionStatus;
  readonly cancelAtPeriodEnd: boolean;
  readonly currentPeriodStartAt: IsoTime | null;
  readonly currentPeriodEndAt: IsoTime | null;
  readonly endedAt: IsoTime | null;
  /** What the next period will be; null for a price that isn't ours. */
  readonly next: PlanPeriod | null;
  /** The latest ones, oldest first. */
  readonly paidInvoices: readonly PaidInvoice[];
  /** Why the latest invoice is not paid. */
  readonly lastPaymentError: PaymentError | null;
}

/** What a subscription is made from. */
export interface NewSubscription {
  /** Also the provider's idempotency key, so that a repetition never makes a second one. */
  readonly subscriptionId: string;
  readonly orderId: string;
  readonly accountId: string;
  /** Null where the provider makes its customer on its own page. */
  readonly customerId: string | null;
  readonly offer: PlanOffer;
  /** The order's facts, for the subscription's metadata. */
  readonly seal: Readonly<Record<string, string>>;
}

/** What opens the page on which a subscription is paid. */
export interface SubscriptionCheckout extends NewSubscription {
  readonly email: string | null;
  /** What is sold, where the provider keeps products of its own. */
  readonly productId: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string;
  /** A discount on the first period. */
  readonly promotionCodeId: string | null;
  /** When the page is to close; null: when the provider closes its pages. */
  readonly expiresAt: IsoTime | null;
}

/** What came of charging a card at once: a subscription that is paid, or none. */
export type DirectSubscription =
  | { readonly status: 'paid'; readonly providerSubscriptionId: string }
  | { readonly status: 'declined'; readonly declined: PaymentError };

/**
 * Keeps subscriptions and charges their renewals.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface SubscriptionProvider {
  /** Opens a page on which the first period is paid. */
  openCheckout(request: SubscriptionCheckout): Promise<Checkout>;
  /** What became of such a page. */
  fetchCheckout(
    sessionId: string,
  ): Promise<{ readonly providerSubscriptionId: string | null; readonly isExpired: boolean }>;
  /** Fetches a subscription afresh, because events may come late and out of order. */
  fetch(providerSubscriptionId: string): Promise<SubscriptionTruth>;
  /** The customer's subscription that was made for one of ours, if there is one. */
  findId(customerId: string | null, subscriptionId: string): Promise<string | null>;
  setCancelAtPeriodEnd(providerSubscriptionId: string, cancelAtPeriodEnd: boolean): Promise<void>;
  /**
   * Puts a subscription on another plan from its next period on; another interval begins, and is charged, at once.
   * Nothing is charged or credited for the rest of a period.
   * @throws PLAN_CHANGE_NOT_SUPPORTED where the provider can't, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
   */
  changePlan(providerSubscriptionId: string, offer: PlanOffer): Promise<{ readonly declined: PaymentError | null }>;
}

/**
 * Keeps subscriptions, and also charges saved cards.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE from each method
 */
export interface CardSubscriptionProvider extends SubscriptionProvider {
  /** Charges the customer's default method for the first period. */
  subscribe(request: NewSubscription): Promise<DirectSubscription>;
}
