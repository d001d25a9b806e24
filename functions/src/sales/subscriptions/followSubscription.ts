import type { ProviderName } from '../../access/accounts/providerName.ts';
import { ignoreEvent } from '../incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../incoming/incomingEvent.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { syncSubscription } from './syncSubscription.ts';

/** The subscription that a provider's event is about. */
interface ToldSubscription {
  readonly provider: ProviderName;
  readonly providerSubscriptionId: string;
  /** The id of our subscription that the provider's was created for; null if it wasn't created for one of ours. */
  readonly subscriptionId: string | null;
}

/**
 * Updates a subscription, after an event, to the provider's present state of it. Marks the event as ignored if the
 * provider's subscription wasn't created for one of ours.
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
