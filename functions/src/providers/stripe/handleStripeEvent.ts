import { ignoreEvent } from '../../sales/incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { notingFailure } from '../../sales/incoming/notingFailure.ts';
import { followPayment } from '../../sales/orders/followPayment.ts';
import { fulfilCheckout } from '../../sales/orders/fulfilCheckout.ts';
import { ifThere } from '../../sales/payments/ifThere.ts';
import type { InvoiceTruth } from '../../sales/payments/invoiceProvider.ts';
import type { OrderTruth } from '../../sales/payments/orderTruth.ts';
import type { CheckoutTruth, PaymentTruth } from '../../sales/payments/paymentProvider.ts';
import { readOrderFacts } from '../../sales/seals/orderFacts.ts';
import { followPlanOrder } from '../../sales/subscriptions/followPlanOrder.ts';
import { syncSubscription } from '../../sales/subscriptions/syncSubscription.ts';
import type { StripeNeeds } from './needs.ts';
import { objectIdOf, type StripeEvent } from './stripeEvent.ts';
import { kindOf } from './stripeEventTypes.ts';

/**
 * Handles one verified event. Nothing that it says is used but its type and which object it is about: that is fetched
 * afresh, because events come late, twice, out of order, and in another version of the API. Returns after the commit
 * that holds effect and marker; throws if there was none, and notes the failure.
 */
export async function handleStripeEvent(deps: StripeNeeds, event: StripeEvent): Promise<HandledEvent> {
  const marker = { provider: 'stripe', eventId: event.id, type: event.type } as const;
  // A duplicate is answered without asking Stripe; the commit looks again, because two may come at once.
  if (await deps.incomingEvents.isMarked(marker)) return { duplicate: true, orderId: null };
  const objectId = objectIdOf(event);
  return notingFailure(deps, marker, { objectId }, () => handle(deps, marker, objectId));
}

async function handle(deps: StripeNeeds, marker: EventMarker, objectId: string | null): Promise<HandledEvent> {
  const kind = kindOf(marker.type);
  if (kind === null || objectId === null) return ignoreEvent(deps, marker);
  switch (kind) {
    case 'checkout': {
      const truth = await ifThere(deps.payments.fetchCheckout(objectId));
      return truth ? followCheckout(deps, truth, marker) : ignoreUnknown(deps, marker, objectId);
    }
    case 'payment': {
      const truth = await ifThere(deps.payments.fetchPayment(objectId));
      return truth ? followIntent(deps, truth, marker) : ignoreUnknown(deps, marker, objectId);
    }
    case 'invoice': {
      const truth = await ifThere(deps.invoices.fetchInvoice(objectId));
      return truth ? followInvoice(deps, truth, marker) : ignoreUnknown(deps, marker, objectId);
    }
    case 'subscription': {
      const subscriptionId = await ifThere(deps.stripeObjects.subscriptionReference(objectId));
      return followSubscription(deps, objectId, subscriptionId, marker);
    }
    default: {
      const paymentId = await ifThere(deps.stripeObjects.paymentBehind(kind, objectId));
      if (paymentId === null) return ignoreEvent(deps, marker);
      const { duplicate, order } = await followPayment(deps, paymentId, marker);
      return { duplicate, orderId: order?.id ?? null };
    }
  }
}

async function followCheckout(deps: StripeNeeds, truth: CheckoutTruth, marker: EventMarker): Promise<HandledEvent> {
  if (truth.orderId === null) return ignoreEvent(deps, marker);
  const order = await deps.orders.find(truth.orderId);
  if (order?.kind === 'plan') {
    const { duplicate } = await followPlanOrder(deps, order, marker);
    return { duplicate, orderId: order.id };
  }
  if (!order && truth.providerSubscriptionId !== null) {
    const facts = readOrderFacts(deps.seals, truth.metadata);
    return followSubscription(deps, truth.providerSubscriptionId, facts?.walletId ?? null, marker);
  }
  return fulfil(deps, truth, marker);
}

/** A payment with a saved method; of a page's payment the page's own events tell everything except a decline. */
async function followIntent(deps: StripeNeeds, truth: PaymentTruth, marker: EventMarker): Promise<HandledEvent> {
  const order = truth.orderId === null ? null : await deps.orders.find(truth.orderId);
  if (order?.checkout && marker.type === 'payment_intent.payment_failed') {
    return fulfil(deps, await deps.payments.fetchCheckout(order.checkout.sessionId), marker);
  }
  const isDirect = order ? order.direct !== undefined : isSealedDirect(deps, truth);
  return isDirect ? fulfil(deps, truth, marker) : ignoreEvent(deps, marker);
}

/** True for the payment of a lost order that was paid with a saved method. */
function isSealedDirect(deps: StripeNeeds, { orderId, metadata }: PaymentTruth): boolean {
  return orderId !== null && readOrderFacts(deps.seals, metadata)?.paymentMethodId !== undefined;
}

async function followInvoice(deps: StripeNeeds, truth: InvoiceTruth, marker: EventMarker): Promise<HandledEvent> {
  if (truth.subscription) {
    const { providerSubscriptionId, subscriptionId } = truth.subscription;
    return followSubscription(deps, providerSubscriptionId, subscriptionId, marker);
  }
  if (truth.orderId === null) return ignoreEvent(deps, marker);
  const order = await deps.orders.find(truth.orderId);
  const method = order ? order.method : readOrderFacts(deps.seals, truth.metadata)?.method;
  if (method === 'invoice') return fulfil(deps, truth, marker);
  // Stripe makes the invoice of a page's payment after it, so the order may have been credited without it.
  const isNews = marker.type === 'invoice.paid' && order?.checkout && !order.receipt?.invoiceUrl;
  if (!isNews || !order?.checkout) return ignoreEvent(deps, marker);
  return fulfil(deps, await deps.payments.fetchCheckout(order.checkout.sessionId), marker);
}

async function followSubscription(
  deps: StripeNeeds,
  providerSubscriptionId: string,
  subscriptionId: string | null,
  marker: EventMarker,
): Promise<HandledEvent> {
  if (subscriptionId === null) return ignoreEvent(deps, marker);
  const reference = { provider: 'stripe', subscriptionId, providerSubscriptionId } as const;
  const { duplicate, subscription } = await syncSubscription(deps, reference, marker);
  return { duplicate, orderId: subscription?.orderId ?? null };
}

async function fulfil(deps: StripeNeeds, truth: OrderTruth, marker: EventMarker): Promise<HandledEvent> {
  const { duplicate, order } = await fulfilCheckout(deps, truth, marker);
  return { duplicate, orderId: order?.id ?? null };
}

/** Either it never was in this Stripe account, or somebody has deleted it there: nothing can come of it. */
function ignoreUnknown(deps: StripeNeeds, marker: EventMarker, objectId: string): Promise<HandledEvent> {
  deps.logger.error('an event is about something that the provider does not have', { ...marker, objectId });
  return ignoreEvent(deps, marker);
}
