import type { ProviderName } from '../../access/accounts/providerName.ts';
import { ignoreEvent } from '../incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../incoming/incomingEvent.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { syncSubscription } from './syncSubscription.ts';

/** A subscription at a provider, and our subscription that it was made for; null when it is somebody else's. */
interface ToldSubscription {
  readonly provider: ProviderName;
  readonly providerSubscriptionId: string;
  readonly subscriptionId: string | null;
}

/**
 * Brings the subscription that an event is about to what the provider says of it now; the event of somebody else's
 * subscription is ignored.
 * @throws what `syncSubscription` throws
 */
export async function followSubscription(
  deps: SubscriptionsNeeds,
  { subscriptionId, ...reference }: ToldSubscription,
  event: EventMarker | null,
): Promise<HandledEvent> {
  if (subscriptionId === null) return ignoreEvent(deps, event);
  return syncSubscription(deps, { ...reference, subscriptionId }, event);
}
