import type Stripe from 'stripe';
import type { Deps } from '../../deps.ts';
import { fulfilCheckout } from '../../orders/fulfilCheckout.ts';
import { isOrderId } from '../../orders/order.ts';

/** What was done with an event, for the answer and the log. */
export interface HandledEvent {
  readonly duplicate: boolean;
  readonly orderId: string | null;
}

/**
 * Handles one verified event. Whatever it says, the checkout it is about is fetched afresh: events come late, twice
 * and out of order. Returns after the commit that holds effect and marker; throws if there was none.
 */
export async function handleStripeEvent(deps: Deps, event: Stripe.Event): Promise<HandledEvent> {
  const marker = { provider: 'stripe', eventId: event.id, type: event.type } as const;
  // A duplicate is answered without asking Stripe; the commit looks again, because two may come at once.
  if (await deps.incomingEvents.isMarked(marker)) return { duplicate: true, orderId: null };
  const sessionId = await sessionOf(deps, event);
  if (sessionId === null) {
    const isNew = await deps.incomingEvents.mark({
      ...marker,
      outcome: 'ignored',
      orderId: null,
      handledAt: deps.clock(),
    });
    return { duplicate: !isNew, orderId: null };
  }
  const { duplicate, order } = await fulfilCheckout(deps, await deps.payments.fetchCheckout(sessionId), marker);
  return { duplicate, orderId: order?.id ?? null };
}

/** The checkout session that an event is about; null for events that concern none of ours. */
async function sessionOf(deps: Deps, event: Stripe.Event): Promise<string | null> {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
    case 'checkout.session.async_payment_failed':
    case 'checkout.session.expired':
      return isOrderId(event.data.object.metadata?.orderId) ? event.data.object.id : null;
    case 'payment_intent.payment_failed': {
      // What was signed by Stripe may still be about something else than its types say.
      const orderId = event.data.object.metadata?.orderId;
      const order = isOrderId(orderId) ? await deps.orders.find(orderId) : null;
      return order?.checkout?.sessionId ?? null;
    }
    default:
      return null;
  }
}
