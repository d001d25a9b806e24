import type Stripe from 'stripe';
import type { Deps } from '../../deps.ts';
import { followPayment } from '../../orders/followPayment.ts';
import { fulfilCheckout } from '../../orders/fulfilCheckout.ts';
import { isOrderId } from '../../orders/order.ts';
import { followPlanOrder } from '../../subscriptions/followPlanOrder.ts';
import { syncSubscription } from '../../subscriptions/syncSubscription.ts';
import type { InvoiceTruth } from '../invoiceProvider.ts';
import type { CheckoutTruth, PaymentTruth } from '../provider.ts';
import { planOrderBehind, SUBSCRIPTION_EVENT_TYPES, subscriptionBehind } from './subscriptionEvents.ts';

/** Events that tell of money going back, or coming back after all. */
const REVERSAL_EVENT_TYPES = [
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
] as const;

/**
 * The types of events that have an effect here: what the webhook endpoint has to be given, and what is asked for when
 * none came. A new case below belongs here too.
 */
export const HANDLED_EVENT_TYPES: readonly Stripe.Event['type'][] = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'invoice.finalized',
  'invoice.overdue',
  ...SUBSCRIPTION_EVENT_TYPES,
  ...REVERSAL_EVENT_TYPES,
];

/** What was done with an event, for the answer and the log. */
export interface HandledEvent {
  readonly duplicate: boolean;
  readonly orderId: string | null;
}

/**
 * Handles one verified event. Whatever it says, the checkout or payment it is about is fetched afresh: events come late, twice
 * and out of order. Returns after the commit that holds effect and marker; throws if there was none.
 */
export async function handleStripeEvent(deps: Deps, event: Stripe.Event): Promise<HandledEvent> {
  const marker = { provider: 'stripe', eventId: event.id, type: event.type } as const;
  // A duplicate is answered without asking Stripe; the commit looks again, because two may come at once.
  if (await deps.incomingEvents.isMarked(marker)) return { duplicate: true, orderId: null };
  const paymentId = reversedPaymentOf(event);
  if (paymentId !== null) {
    const { duplicate, order } = await followPayment(deps, paymentId, marker);
    return { duplicate, orderId: order?.id ?? null };
  }
  const subscription = subscriptionBehind(event);
  if (subscription) {
    const synced = await syncSubscription(deps, subscription, marker);
    return { duplicate: synced.duplicate, orderId: synced.subscription?.orderId ?? null };
  }
  const planOrderId = planOrderBehind(event);
  const planOrder = planOrderId && (await deps.orders.find(planOrderId));
  if (planOrder && planOrder.kind === 'plan') {
    const { duplicate } = await followPlanOrder(deps, planOrder, marker);
    return { duplicate, orderId: planOrder.id };
  }
  const truth = await truthBehind(deps, event);
  if (truth === null) {
    const isNew = await deps.incomingEvents.mark({
      ...marker,
      outcome: 'ignored',
      orderId: null,
      handledAt: deps.clock(),
    });
    return { duplicate: !isNew, orderId: null };
  }
  const { duplicate, order } = await fulfilCheckout(deps, truth, marker);
  return { duplicate, orderId: order?.id ?? null };
}

/** The payment that an event about a refund or dispute concerns; null for other events. */
function reversedPaymentOf({ type, data }: Stripe.Event): string | null {
  if (!REVERSAL_EVENT_TYPES.some((known) => known === type)) return null;
  // Charges, refunds and disputes all name their payment so; charges made without one aren't ours.
  const { payment_intent: payment } = data.object as { payment_intent?: unknown };
  const id = typeof payment === 'object' && payment !== null && 'id' in payment ? payment.id : payment;
  return typeof id === 'string' && /^pi_\w{1,200}$/.test(id) ? id : null;
}

/** What Stripe says now of the checkout or payment that an event is about; null for events that concern none of ours. */
async function truthBehind(
  deps: Deps,
  event: Stripe.Event,
): Promise<CheckoutTruth | PaymentTruth | InvoiceTruth | null> {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
    case 'checkout.session.async_payment_failed':
    case 'checkout.session.expired': {
      const { id, metadata } = event.data.object;
      return isOrderId(metadata?.orderId) ? deps.payments.fetchCheckout(id) : null;
    }
    case 'invoice.finalized':
    case 'invoice.overdue':
    case 'invoice.voided':
    case 'invoice.marked_uncollectible':
    case 'invoice.paid': {
      const { id } = event.data.object;
      // Stripe makes the invoice of a page's payment after it, so the order may have been credited without it.
      const orderId = event.data.object.metadata?.orderId;
      const order = isOrderId(orderId) ? await deps.orders.find(orderId) : null;
      if (order?.method === 'invoice') return deps.invoices.fetchInvoice(id);
      const isNews = event.type === 'invoice.paid' && !order?.receipt?.invoiceUrl;
      if (!order?.checkout || !isNews) return null;
      return deps.payments.fetchCheckout(order.checkout.sessionId);
    }
    case 'payment_intent.succeeded':
    case 'payment_intent.processing':
    case 'payment_intent.requires_action':
    case 'payment_intent.payment_failed':
    case 'payment_intent.canceled': {
      // What was signed by Stripe may still be about something else than its types say.
      const { id, metadata } = event.data.object;
      const order = isOrderId(metadata?.orderId) ? await deps.orders.find(metadata.orderId) : null;
      if (order?.direct) return deps.payments.fetchPayment(id);
      // Of a checkout the session's own events tell everything except a decline.
      const mayTellMore = event.type === 'payment_intent.payment_failed' && order?.checkout;
      return mayTellMore ? deps.payments.fetchCheckout(mayTellMore.sessionId) : null;
    }
    default:
      return null;
  }
}
