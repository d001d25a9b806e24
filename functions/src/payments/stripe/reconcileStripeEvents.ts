import type Stripe from 'stripe';
import type { Deps } from '../../deps.ts';
import { callStripe } from './callStripe.ts';
import { handleStripeEvent, REVERSAL_EVENT_TYPES } from './handleStripeEvent.ts';

/** How long Stripe tries to deliver an event by itself; after that nobody else brings it. */
const LOOK_BACK_SECONDS = 3 * 24 * 60 * 60;
const PAGE_SIZE = 100;

/**
 * Asks Stripe for its recent events about refunds and disputes, and handles those that no webhook brought here, as if
 * it had. Says how many. Events cover what lists of refunds and disputes by their creation don't: refunds that failed
 * and disputes that ended long after they began.
 */
export async function reconcileStripeEvents(deps: Deps): Promise<number> {
  const since = Math.floor(Date.parse(deps.clock()) / 1000) - LOOK_BACK_SECONDS;
  let handled = 0;
  let after: string | undefined;
  for (;;) {
    const page = await callStripe(() =>
      deps.stripe().events.list({
        types: [...REVERSAL_EVENT_TYPES],
        created: { gte: since },
        limit: PAGE_SIZE,
        ...(after && { starting_after: after }),
      }),
    );
    const unmarked = await deps.incomingEvents.unmarkedAmong('stripe', page.data);
    for (const event of unmarked) handled += Number(await handleLate(deps, event));
    after = page.data.at(-1)?.id;
    if (!page.has_more || !after) return handled;
  }
}

/** True when the event was handled. One that can't be is left for the next time. */
async function handleLate(deps: Deps, event: Stripe.Event): Promise<boolean> {
  try {
    const { duplicate } = await handleStripeEvent(deps, event);
    return !duplicate;
  } catch (error) {
    deps.logger.error('could not reconcile', { eventId: event.id, type: event.type, cause: String(error) });
    return false;
  }
}
