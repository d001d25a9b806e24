import type Stripe from 'stripe';
import type { Deps } from '../../deps.ts';
import { addSeconds, type IsoTime, isoTime, laterOf } from '../../shared/time.ts';
import { handleStripeEvent } from './handleStripeEvent.ts';
import { HANDLED_EVENT_TYPES } from './stripeEventTypes.ts';

/** How long Stripe tries to deliver an event by itself; one that can't be handled for as long is given up. */
const PERSISTENCE_SECONDS = 3 * 24 * 60 * 60;
/** How far back Stripe lists events. */
const LISTED_SECONDS = 30 * 24 * 60 * 60;
/** What has happened may be listed a little later, by a clock that isn't ours; so each look begins before the last one. */
const OVERLAP_SECONDS = 15 * 60;
/** Stripe takes so many types in one list. */
const MAX_TYPES = 20;
const PAGE_SIZE = 100;
/** Events that are handled at once. */
const CONCURRENCY = 10;

/**
 * Lists what has happened at Stripe since the last look, and handles what no webhook brought here, as if it had: marked
 * events are passed over, so it may overlap with deliveries and with itself. Says how many. Events cover what lists of
 * payments, refunds and disputes by their creation don't: those that went another way long after they began.
 * One that can't be handled is left for the next look, for three days.
 */
export async function reconcileStripeEvents(deps: Deps): Promise<number> {
  const now = deps.clock();
  const givenUp = addSeconds(now, -PERSISTENCE_SECONDS);
  const readUntil = (await deps.incomingEvents.readUntil('stripe')) ?? givenUp;
  const since = laterOf(addSeconds(readUntil, -OVERLAP_SECONDS), addSeconds(now, -LISTED_SECONDS));
  let handled = 0;
  let next = now;
  for await (const events of listEvents(deps, since)) {
    const unmarked = await deps.incomingEvents.unmarkedAmong('stripe', events);
    for (let start = 0; start < unmarked.length; start += CONCURRENCY) {
      const batch = unmarked.slice(start, start + CONCURRENCY);
      const outcomes = await Promise.all(batch.map((event) => handleLate(deps, event)));
      handled += outcomes.filter((outcome) => outcome === 'handled').length;
      const failed = batch.filter((_event, index) => outcomes[index] === 'failed');
      for (const { created } of failed) next = earlierOf(next, isoTime(created * 1000));
    }
  }
  await deps.incomingEvents.writeReadUntil('stripe', laterOf(next, givenUp));
  return handled;
}

/** Pages of events of the types that are handled, from a moment on. */
async function* listEvents(deps: Deps, since: IsoTime): AsyncGenerator<Stripe.Event[]> {
  // Loads Stripe's package, which no function should have to at its start.
  const [{ callStripe }, { events }] = await Promise.all([import('./callStripe.ts'), deps.stripe()]);
  const created = { gte: Math.floor(Date.parse(since) / 1000) };
  for (let start = 0; start < HANDLED_EVENT_TYPES.length; start += MAX_TYPES) {
    const types = HANDLED_EVENT_TYPES.slice(start, start + MAX_TYPES);
    let after: string | undefined;
    do {
      const page = await callStripe(() =>
        events.list({ types, created, limit: PAGE_SIZE, ...(after && { starting_after: after }) }),
      );
      yield page.data;
      after = page.has_more ? page.data.at(-1)?.id : undefined;
    } while (after);
  }
}

/** One event's trouble is not another's. */
async function handleLate(deps: Deps, event: Stripe.Event): Promise<'handled' | 'known' | 'failed'> {
  try {
    const { duplicate } = await handleStripeEvent(deps, event);
    return duplicate ? 'known' : 'handled';
  } catch (error) {
    deps.logger.error('could not reconcile', { eventId: event.id, type: event.type, cause: String(error) });
    return 'failed';
  }
}

function earlierOf(a: IsoTime, b: IsoTime): IsoTime {
  return a < b ? a : b;
}
