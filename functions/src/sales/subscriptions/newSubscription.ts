import { derivedId, type IsoTime } from '@cloud-bridge/base';
import type { PlanOffer } from '../../catalog/planOffer.ts';
import type { Subscription } from './subscription.ts';

/** A subscription as it begins: ordered, and not at the provider yet. */
export function newSubscription(
  {
    offer,
    ...identity
  }: Pick<Subscription, 'accountId' | 'provider' | 'orderId' | 'customerId' | 'requestHash'> & { offer: PlanOffer },
  now: IsoTime,
): Subscription {
  const { planSlug, planName, interval, termDays, credits } = offer;
  const period = { planSlug, planName, interval, termDays, credits };
  return {
    ...identity,
    id: derivedId('sub', identity.orderId),
    providerSubscriptionId: null,
    ordered: offer,
    currency: offer.currency,
    period,
    next: period,
    status: 'pending',
    cancelAtPeriodEnd: offer.interval === 'term',
    currentPeriodStartAt: null,
    currentPeriodEndAt: null,
    endedAt: null,
    lastPaymentError: null,
    version: 1,
    // Until it exists at the provider, it is its order that is followed up.
    nextSyncAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
