import { derivedId, type IsoTime } from '@cloud-bridge/base';
import type { PlanOffer } from '../../catalog/planOffer.ts';
import type { Subscription } from './subscription.ts';

/** Returns a pending subscription: ordered, but not created at the provider yet. */
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
    // Until the subscription exists at the provider, the follow-up of its order looks after it.
    nextSyncAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
