import type { IsoTime } from '@cloud-bridge/base';
import { type AccountEvent, newEvent } from '../../notices/events/accountEvent.ts';
import { isRunning, type Subscription } from './subscription.ts';

/** Returns the account event for a subscription that begins or ends; null for any other change. */
export function subscriptionEvent(before: Subscription, after: Subscription, now: IsoTime): AccountEvent | null {
  const type = typeOf(before, after);
  if (!type) return null;
  const { id: subscriptionId, accountId, status, period, currentPeriodEndAt, endedAt } = after;
  const data = { subscriptionId, status, planSlug: period.planSlug, currentPeriodEndAt, endedAt };
  return newEvent({ accountId, type }, [subscriptionId], data, now);
}

function typeOf(before: Subscription, after: Subscription): 'subscription.started' | 'subscription.ended' | null {
  if (before.status === 'pending' && isRunning(after)) return 'subscription.started';
  return before.status !== 'canceled' && after.status === 'canceled' ? 'subscription.ended' : null;
}
