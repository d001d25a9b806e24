import { followCheckout } from '../../sales/checkout/followCheckout.ts';
import { ignoreEvent, ignoreUnknown } from '../../sales/incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { followPayment } from '../../sales/orders/followPayment.ts';
import { ifThere } from '../../sales/payments/ifThere.ts';
import { followSubscription } from '../../sales/subscriptions/followSubscription.ts';
import type { CreemSubject } from './creemEvent.ts';
import type { CreemNeeds } from './needs.ts';

/**
 * A page on which somebody has paid.
 * @param event null for a look before another one
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
  // An order of another provider is none of Creem's business, whatever bears its id there.
  if (order && order.provider !== 'creem') return ignoreEvent(deps, event);
  return followCheckout(deps, 'creem', truth, order, event);
}

/**
 * A subscription.
 * @param event null for a look before another one
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
 * A payment of which something has gone back.
 * @throws what {@link followPayment} throws
 */
export async function handleReversal(
  deps: CreemNeeds,
  subject: CreemSubject,
  event: EventMarker,
): Promise<HandledEvent> {
  const followPurchase = subject.providerSubscriptionId === null ? handlePage : handleSubscription;
  if (subject.reversedTransactionId === null) return followPurchase(deps, subject, event);
  // The event that tells of the payment itself may be late.
  await followPurchase(deps, subject, null);
  return followPayment(deps, subject.reversedTransactionId, event);
}
