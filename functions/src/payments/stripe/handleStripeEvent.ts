import type Stripe from 'stripe';
import type { Deps } from '../../deps.ts';
import { fulfilCheckout } from '../../orders/fulfilCheckout.ts';
import { isOrderId } from '../../orders/order.ts';
import type { CheckoutTruth, PaymentTruth } from '../provider.ts';

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

/** What Stripe says now of the checkout or payment that an event is about; null for events that concern none of ours. */
async function truthBehind(deps: Deps, event: Stripe.Event): Promise<CheckoutTruth | PaymentTruth | null> {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
    case 'checkout.session.async_payment_failed':
    case 'checkout.session.expired': {
      const { id, metadata } = event.data.object;
      return isOrderId(metadata?.orderId) ? deps.payments.fetchCheckout(id) : null;
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
