import type { ProviderName } from '../../access/accounts/providerName.ts';
import { ignoreEvent } from '../incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../incoming/incomingEvent.ts';
import { fulfillOrder } from '../orders/fulfillOrder.ts';
import type { Order } from '../orders/order.ts';
import { readOrderFacts } from '../orders/orderFacts.ts';
import type { CheckoutTruth } from '../payments/paymentProvider.ts';
import { followPlanOrder } from '../subscriptions/followPlanOrder.ts';
import { followSubscription } from '../subscriptions/followSubscription.ts';
import type { CheckoutNeeds } from './needs.ts';

/**
 * Brings an order, or a plan's subscription, up to date with its payment page at the provider. Ignores a page that
 * belongs to none of our orders.
 * @param order the order that the page names; null when it isn't stored here: lost in a database restore, or another
 *   system's
 * @throws what following the order or its subscription throws
 */
export async function followCheckout(
  deps: CheckoutNeeds,
  provider: ProviderName,
  truth: CheckoutTruth,
  order: Order | null,
  event: EventMarker | null,
): Promise<HandledEvent> {
  if (truth.orderId === null) return ignoreEvent(deps, event);
  if (order?.kind === 'plan') return followPlanOrder(deps, order, event);
  const { providerSubscriptionId, metadata } = truth;
  if (order || providerSubscriptionId === null) return fulfillOrder(deps, truth, event);
  const subscriptionId = readOrderFacts(deps.seals, metadata)?.walletId ?? null;
  return followSubscription(deps, { provider, providerSubscriptionId, subscriptionId }, event);
}
