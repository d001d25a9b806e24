import { followCheckout } from '../../sales/checkout/followCheckout.ts';
import { ignoreEvent, ignoreUnknown } from '../../sales/incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { followReversal } from '../../sales/orders/followReversal.ts';
import { ifThere } from '../../sales/payments/ifThere.ts';
import { followSubscription } from '../../sales/subscriptions/followSubscription.ts';
import type { CreemSubject } from './creemEvent.ts';
import type { CreemNeeds } from './needs.ts';

/**
 * Handles an event about a paid checkout page.
 * @param event null if the page is followed before its payment's reversal
 * @throws what {@link followCheckout} throws
 */
export async function handlePage(
  deps: CreemNeeds,
  { checkoutId }: CreemSubject,
  event: EventMarker | null,
): Promise<HandledEvent> {
  if (checkoutId === null) return ignoreEvent(deps, event);
  const truth = await ifThere(deps.providers.creem.checkouts.fetchCheckout(checkoutId));
  if (!truth) return ignoreUnknown(deps, event, checkoutId);
  const order = truth.orderId === null ? null : await deps.orders.find(truth.orderId);
  // Nothing at Creem may change an order of another provider, even if it carries the order's id.
  if (order && order.provider !== 'creem') return ignoreEvent(deps, event);
  return followCheckout(deps, 'creem', truth, order, event);
}

/**
 * Handles an event about a subscription.
 * @param event null if the subscription is followed before its payment's reversal
 * @throws what {@link followSubscription} throws
 */
export async function handleSubscription(
  deps: CreemNeeds,
  { providerSubscriptionId, subscriptionId }: CreemSubject,
  event: EventMarker | null,
): Promise<HandledEvent> {
  if (providerSubscriptionId === null) return ignoreEvent(deps, event);
  const truth = subscriptionId ? null : await ifThere(deps.providers.creem.subscriptions.fetch(providerSubscriptionId));
  const own = subscriptionId ?? truth?.subscriptionId ?? null;
  const known = own && (await deps.subscriptions.find(own));
  if (known && known.provider !== 'creem') return ignoreEvent(deps, event);
  return followSubscription(deps, { provider: 'creem', providerSubscriptionId, subscriptionId: own }, event);
}

/**
 * Handles an event about a payment that was refunded or disputed.
 * @throws what {@link followReversal} throws
 */
export async function handleReversal(
  deps: CreemNeeds,
  subject: CreemSubject,
  event: EventMarker,
): Promise<HandledEvent> {
  const followPurchase = subject.providerSubscriptionId === null ? handlePage : handleSubscription;
  if (subject.reversedTransactionId === null) return followPurchase(deps, subject, event);
  // The event about the payment itself may arrive later than this one.
  await followPurchase(deps, subject, null);
  return followReversal(deps, subject.reversedTransactionId, event);
}
