import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { Currency } from '../../catalog/currency.ts';
import type { PlanOffer, PlanPeriod } from '../../catalog/planOffer.ts';
import type { PaymentError } from '../payments/payment.ts';
import type { SubscriptionTruth } from '../payments/subscriptionProvider.ts';
import type { SubscriptionStatus } from '../payments/subscriptionStatus.ts';

/** A plan that an account has, or has asked for; it has a wallet of the same id to itself. */
export interface Subscription {
  readonly id: string;
  readonly accountId: string;
  readonly provider: ProviderName;
  /** Null until somebody has paid where the provider makes its customer on its own page. */
  readonly customerId: string | null;
  /** Its id at the provider, once it is there. */
  readonly providerSubscriptionId: string | null;
  /** What was ordered, at the price of that day. */
  readonly ordered: PlanOffer;
  readonly currency: Currency;
  /** What the present period was paid as. */
  readonly period: PlanPeriod;
  /** What the next period will be. */
  readonly next: PlanPeriod;
  readonly status: SubscriptionStatus;
  readonly cancelAtPeriodEnd: boolean;
  readonly currentPeriodStartAt: IsoTime | null;
  readonly currentPeriodEndAt: IsoTime | null;
  readonly endedAt: IsoTime | null;
  readonly lastPaymentError: PaymentError | null;
  /** The order of the first period. */
  readonly orderId: string;
  /** Counts the changes: a truth that was fetched before the last one is out of date. */
  readonly version: number;
  /** When the provider is asked again, should no webhook come; null when nothing more can happen. */
  readonly nextSyncAt: IsoTime | null;
  readonly requestHash: string;
  readonly createdAt: IsoTime;
  readonly updatedAt: IsoTime;
  /** When all that leads to its payer was erased with the account: what comes later doesn't put it back. */
  readonly erasedAt?: IsoTime;
}

/** True for an id that subscriptions here may have; the provider's own look different. */
export function isSubscriptionId(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^sub_[0-9a-f]{32}$/.test(text);
}

/** True for one that has ended for good, or never began. */
export function isOver({ status }: Pick<Subscription, 'status'>): boolean {
  return status === 'canceled' || status === 'failed';
}

/** True for one that runs: it can be spent from, canceled and changed. */
export function isRunning({ status }: Pick<Subscription, 'status'>): boolean {
  return status === 'active' || status === 'past_due';
}

/** A provider's word that isn't about this subscription must not change it. */
export function isAbout(subscription: Subscription, truth: SubscriptionTruth): boolean {
  const { providerSubscriptionId } = subscription;
  return (
    truth.subscriptionId === subscription.id &&
    (subscription.customerId === null || truth.customerId === subscription.customerId) &&
    (providerSubscriptionId === null || providerSubscriptionId === truth.providerSubscriptionId)
  );
}

/**
 * The subscription as the provider's present truth makes it. What has ended stays so; money that comes after all
 * counts.
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
/** A renewal is charged an hour after its period began; it is looked for some time later. */
const RENEWAL_SECONDS = 2 * HOUR_SECONDS;

/**
 * When the provider is asked next, in case its webhooks are lost: soon while a payment is awaited, after the end of a
 * period, and once a day anyway, because people may change things at the provider.
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

/** A place among the subscriptions that are due. */
export type DuePosition = Pick<Subscription, 'id' | 'nextSyncAt'>;
