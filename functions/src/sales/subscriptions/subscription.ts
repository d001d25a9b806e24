import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { Currency } from '../../catalog/currency.ts';
import type { PlanOffer, PlanPeriod } from '../../catalog/planOffer.ts';
import type { PaymentError } from '../payments/payment.ts';
import type { SubscriptionTruth } from '../payments/subscriptionProvider.ts';
import type { SubscriptionStatus } from '../payments/subscriptionStatus.ts';

/** A plan that an account has, or has ordered. The wallet with the same id holds its credits, and no others. */
export interface Subscription {
  readonly id: string;
  readonly accountId: string;
  readonly provider: ProviderName;
  /** Null until the first payment at a provider that creates its customer on its own page. */
  readonly customerId: string | null;
  /** Null until the subscription exists at the provider. */
  readonly providerSubscriptionId: string | null;
  /** The offer as ordered, with the price at that time. */
  readonly ordered: PlanOffer;
  readonly currency: Currency;
  /** The plan and interval that the current period was paid for. */
  readonly period: PlanPeriod;
  /** The plan and interval of the next period. */
  readonly next: PlanPeriod;
  readonly status: SubscriptionStatus;
  readonly cancelAtPeriodEnd: boolean;
  readonly currentPeriodStartAt: IsoTime | null;
  readonly currentPeriodEndAt: IsoTime | null;
  readonly endedAt: IsoTime | null;
  readonly lastPaymentError: PaymentError | null;
  /** The order of the first period. */
  readonly orderId: string;
  /** Goes up with each write. The provider's state is out of date if it was fetched before the last write. */
  readonly version: number;
  /** When the provider is asked again if no webhook arrives; null if the subscription can't change any more. */
  readonly nextSyncAt: IsoTime | null;
  readonly requestHash: string;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  /** When the erasure of the account removed the payer's data; later events don't restore those data. */
  readonly erasedAt?: IsoTime;
}

/** Returns true for a text with the form of our subscription ids; the providers' ids have another form. */
export function isSubscriptionId(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^sub_[0-9a-f]{32}$/.test(text);
}

/** Returns true for a subscription that has ended for good, or never began. */
export function isOver({ status }: Pick<Subscription, 'status'>): boolean {
  return status === 'canceled' || status === 'failed';
}

/** Returns true for a subscription that can be spent from, canceled and changed. */
export function isRunning({ status }: Pick<Subscription, 'status'>): boolean {
  return status === 'active' || status === 'past_due';
}

/** Returns true if the state that a provider returned is of this subscription, and so may change it. */
export function isAbout(subscription: Subscription, truth: SubscriptionTruth): boolean {
  const { providerSubscriptionId } = subscription;
  return (
    truth.subscriptionId === subscription.id &&
    (subscription.customerId === null || truth.customerId === subscription.customerId) &&
    (providerSubscriptionId === null || providerSubscriptionId === truth.providerSubscriptionId)
  );
}

/**
 * Returns the subscription with the provider's present state. A canceled subscription stays canceled; a failed
 * subscription begins if its payment arrives after all.
 */
export function subscriptionAfter(subscription: Subscription, truth: SubscriptionTruth, now: IsoTime): Subscription {
  if (subscription.status === 'canceled') return { ...subscription, nextSyncAt: null };
  const { status, cancelAtPeriodEnd, currentPeriodStartAt, currentPeriodEndAt, endedAt, lastPaymentError } = truth;
  const latest = truth.paidInvoices.findLast(({ period }) => period !== null)?.period;
  const { endsAt: _, ...paid } = latest ?? { ...subscription.period, endsAt: null };
  const changed = {
    ...subscription,
    providerSubscriptionId: truth.providerSubscriptionId,
    customerId: subscription.erasedAt ? subscription.customerId : truth.customerId,
    period: paid,
    next: truth.next ?? subscription.next,
    status,
    cancelAtPeriodEnd,
    currentPeriodStartAt,
    currentPeriodEndAt,
    endedAt,
    lastPaymentError: subscription.erasedAt ? null : lastPaymentError,
    updatedAt: now,
  };
  return { ...changed, nextSyncAt: nextSyncAfter(changed, now) };
}

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Delay of the sync after the end of a period: providers charge a renewal an hour after its period began. */
const RENEWAL_SECONDS = 2 * HOUR_SECONDS;

/**
 * Returns when the provider is asked next, in case its webhooks are lost: after an hour while a payment is awaited, two
 * hours after the end of a period, and at least once a day, because people may change subscriptions at the provider.
 */
export function nextSyncAfter(
  subscription: Pick<Subscription, 'status' | 'currentPeriodEndAt'>,
  now: IsoTime,
): IsoTime | null {
  if (isOver(subscription)) return null;
  if (subscription.status !== 'active') return addSeconds(now, HOUR_SECONDS);
  const daily = addSeconds(now, DAY_SECONDS);
  const renewal = subscription.currentPeriodEndAt && addSeconds(subscription.currentPeriodEndAt, RENEWAL_SECONDS);
  if (!renewal || renewal > daily) return daily;
  return renewal > now ? renewal : addSeconds(now, HOUR_SECONDS);
}

/** The position of a page in the list of due subscriptions. */
export type DuePosition = Pick<Subscription, 'id' | 'nextSyncAt'>;
