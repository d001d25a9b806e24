import type { IsoTime } from '@cloud-bridge/base';
import { ignoreEvent } from '../../sales/incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { notingFailure } from '../../sales/incoming/notingFailure.ts';
import { followPayment } from '../../sales/orders/followPayment.ts';
import { fulfilCheckout } from '../../sales/orders/fulfilCheckout.ts';
import { ifThere } from '../../sales/payments/ifThere.ts';
import type { CheckoutTruth } from '../../sales/payments/paymentProvider.ts';
import { readOrderFacts } from '../../sales/seals/orderFacts.ts';
import { followPlanOrder } from '../../sales/subscriptions/followPlanOrder.ts';
import { syncSubscription } from '../../sales/subscriptions/syncSubscription.ts';
import type { CreemEvent, EventSubject } from './creemEvent.ts';
import type { CreemNeeds } from './needs.ts';

/**
 * Handles one verified event. Whatever it says, what it is about is fetched afresh: events come late, twice and out of
 * order. Returns after the commit that holds effect and marker; throws if there was none. Creem has no list of events,
 * so what an event is about is noted first, until it has had its effect.
 * @param receivedAt when it came; now unless it had come before
 */
export async function handleCreemEvent(
  deps: CreemNeeds,
  event: CreemEvent,
  receivedAt: IsoTime = deps.clock(),
): Promise<HandledEvent> {
  const marker = { provider: 'creem', eventId: event.id, type: event.type } as const;
  // A duplicate is answered without asking Creem; the commit looks again, because two may come at once.
  if (await deps.incomingEvents.isMarked(marker)) return { duplicate: true, orderId: null };
  await deps.creemEvents.note(event, receivedAt);
  const handled = await notingFailure(deps, marker, { ...event.subject }, () => handle(deps, event.subject, marker));
  await deps.creemEvents.forget(event.id);
  return handled;
}

async function handle(deps: CreemNeeds, subject: EventSubject, marker: EventMarker): Promise<HandledEvent> {
  const { reversedTransactionId, providerSubscriptionId, checkoutId } = subject;
  if (reversedTransactionId !== null) {
    // The event that tells of the payment itself may be late.
    if (providerSubscriptionId !== null) await followSubscription(deps, subject, null);
    else if (checkoutId !== null) await followCheckout(deps, checkoutId, null);
    const { duplicate, order } = await followPayment(deps, reversedTransactionId, marker);
    return { duplicate, orderId: order?.id ?? null };
  }
  if (providerSubscriptionId !== null) return followSubscription(deps, subject, marker);
  if (checkoutId !== null) return followCheckout(deps, checkoutId, marker);
  return ignoreEvent(deps, marker);
}

/** Brings the order of a checkout, or its subscription, to what Creem says of it now. */
async function followCheckout(deps: CreemNeeds, checkoutId: string, marker: EventMarker | null): Promise<HandledEvent> {
  const truth = await ifThere(deps.creem.checkouts.fetchCheckout(checkoutId));
  if (!truth || truth.orderId === null) return ignoreEvent(deps, marker);
  const order = await deps.orders.find(truth.orderId);
  // An order of another provider is none of Creem's business, whatever bears its id there.
  if (order && order.provider !== 'creem') return ignoreEvent(deps, marker);
  if (order?.kind === 'plan') {
    const { duplicate } = await followPlanOrder(deps, order, marker);
    return { duplicate, orderId: order.id };
  }
  if (!order && truth.providerSubscriptionId !== null) return followLostPlan(deps, truth, marker);
  const { duplicate, order: followed } = await fulfilCheckout(deps, truth, marker);
  return { duplicate, orderId: followed?.id ?? null };
}

/** A page on which a plan was paid whose order isn't there: lost in a restore, or somebody else's. */
async function followLostPlan(
  deps: CreemNeeds,
  { metadata, providerSubscriptionId }: CheckoutTruth,
  marker: EventMarker | null,
): Promise<HandledEvent> {
  const facts = readOrderFacts(deps.seals, metadata);
  if (!facts || providerSubscriptionId === null) return ignoreEvent(deps, marker);
  const reference = { provider: 'creem', subscriptionId: facts.walletId, providerSubscriptionId } as const;
  const { duplicate, subscription } = await syncSubscription(deps, reference, marker);
  return { duplicate, orderId: subscription?.orderId ?? null };
}

async function followSubscription(
  deps: CreemNeeds,
  { providerSubscriptionId, subscriptionId }: EventSubject,
  marker: EventMarker | null,
): Promise<HandledEvent> {
  if (providerSubscriptionId === null) return ignoreEvent(deps, marker);
  const truth = subscriptionId ? null : await ifThere(deps.creem.subscriptions.fetch(providerSubscriptionId));
  const own = subscriptionId ?? truth?.subscriptionId ?? null;
  if (own === null) return ignoreEvent(deps, marker);
  const known = await deps.subscriptions.find(own);
  if (known && known.provider !== 'creem') return ignoreEvent(deps, marker);
  const reference = { provider: 'creem', subscriptionId: own, providerSubscriptionId } as const;
  const { duplicate, subscription } = await syncSubscription(deps, reference, marker);
  return { duplicate, orderId: subscription?.orderId ?? null };
}
