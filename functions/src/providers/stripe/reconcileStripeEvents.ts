import {
  addSeconds,
  type IsoTime,
  isoTime,
  laterOf,
  type RunLimits,
  Throttled,
  type WorkPage,
  workThrough,
} from '@cloud-bridge/base';
import type Stripe from 'stripe';
import { HANDLED_EVENT_TYPES, handleStripeEvent } from './handleStripeEvent.ts';
import type { StripeNeeds } from './needs.ts';

const NAME = 'reconcileStripeEvents';
/** Seconds for which an event is retried here: as long as Stripe's own retries of a delivery. */
const PERSISTENCE_SECONDS = 3 * 24 * 60 * 60;
/** How many seconds back Stripe lists events. */
const LISTED_SECONDS = 30 * 24 * 60 * 60;
/** Overlap of two rounds: an event may be listed later than it happened, and Stripe's clock may differ from ours. */
const OVERLAP_SECONDS = 15 * 60;
/** Maximum number of event types that Stripe accepts in one list request. */
const MAX_TYPES = 20;

/** One pass through the list of events, which may take several runs. */
interface Round {
  readonly since: IsoTime;
  /** When the round began; later events are for the next round. */
  readonly until: IsoTime;
  /** When the earliest event happened that couldn't be handled; null if all events could be handled so far. */
  failedSince: IsoTime | null;
  /** The types that are listed: a cursor that was stored for other types is dropped. */
  readonly types: string;
}

/** A position in the list of events. All cursors share one round object, so each contains the failures so far. */
interface EventCursor {
  readonly round: Round;
  /** The index of the part of the types that is listed. */
  readonly part: number;
  /** The last event that was read; null at the beginning of a part. */
  readonly eventId: string | null;
}

interface ListedEvent {
  readonly event: Stripe.Event;
  readonly cursor: EventCursor;
}

/**
 * Lists the events at Stripe since the last round, and handles the events that no webhook delivered. Skips events with
 * a marker, so this may run at the same time as deliveries and as another run. Returns the number of handled events.
 * Listing events also finds late changes of old payments, refunds and disputes, which lists of these by creation time
 * would miss. An event that can't be handled is retried in the next rounds, for three days.
 */
export async function reconcileStripeEvents(deps: StripeNeeds, limits?: Partial<RunLimits>): Promise<number> {
  const now = deps.clock();
  const givenUp = addSeconds(now, -PERSISTENCE_SECONDS);
  const round = (await keptRound(deps, givenUp)) ?? (await newRound(deps, now, givenUp));
  const { changed, isComplete } = await workThrough(
    deps,
    {
      name: NAME,
      list: (after: EventCursor | null, limit) => listEvents(deps, { part: 0, eventId: null, ...after, round }, limit),
      settle: ({ event }) => handleLate(deps, event, round),
      cursorAfter: ({ cursor }) => cursor,
      complaint: 'could not reconcile',
      nameOf: ({ event: { id, type } }) => ({ eventId: id, type }),
    },
    limits,
  );
  if (isComplete) {
    const { until, failedSince } = round;
    await deps.incomingEvents.writeReadUntil('stripe', laterOf(earlierOf(until, failedSince ?? until), givenUp));
  }
  return changed;
}

/** Returns the round that the last run left unfinished; null if there is none, or if it can't be continued. */
async function keptRound(deps: StripeNeeds, givenUp: IsoTime): Promise<Round | null> {
  const kept = await deps.schedules.readCursor<EventCursor>(NAME);
  if (!kept || (kept.round.until >= givenUp && kept.round.types === HANDLED_EVENT_TYPES.join())) {
    return kept?.round ?? null;
  }
  await deps.schedules.writeCursor(NAME, null);
  return null;
}

async function newRound(deps: StripeNeeds, now: IsoTime, givenUp: IsoTime): Promise<Round> {
  const readUntil = (await deps.incomingEvents.readUntil('stripe')) ?? givenUp;
  const since = laterOf(addSeconds(readUntil, -OVERLAP_SECONDS), addSeconds(now, -LISTED_SECONDS));
  return { since, until: now, failedSince: null, types: HANDLED_EVENT_TYPES.join() };
}

/** Lists a page of events of the handled types, without events that have a marker. */
async function listEvents(
  deps: StripeNeeds,
  at: EventCursor,
  limit: number,
): Promise<WorkPage<ListedEvent, EventCursor>> {
  // Loads Stripe's package only here, so that functions start without it.
  const [{ callStripe }, { events }] = await Promise.all([import('./callStripe.ts'), deps.stripe()]);
  const { round, part, eventId } = at;
  const types = HANDLED_EVENT_TYPES.slice(part * MAX_TYPES, (part + 1) * MAX_TYPES);
  const created = { gte: Math.floor(Date.parse(round.since) / 1000) };
  const page = await callStripe(() =>
    events.list({ types, created, limit, ...(eventId !== null && { starting_after: eventId }) }),
  );
  const unmarked = await deps.incomingEvents.unmarkedAmong('stripe', page.data);
  const last = page.data.at(-1);
  const isLastPart = (part + 1) * MAX_TYPES >= HANDLED_EVENT_TYPES.length;
  const nextPart = isLastPart ? null : { round, part: part + 1, eventId: null };
  return {
    items: unmarked.map((event) => ({ event, cursor: { round, part, eventId: event.id } })),
    next: page.has_more && last ? { round, part, eventId: last.id } : nextPart,
  };
}

async function handleLate(deps: StripeNeeds, event: Stripe.Event, round: Round): Promise<boolean> {
  try {
    return !(await handleStripeEvent(deps, event)).duplicate;
  } catch (error) {
    if (!(error instanceof Throttled)) {
      const happenedAt = isoTime(event.created * 1000);
      round.failedSince = earlierOf(round.failedSince ?? happenedAt, happenedAt);
    }
    throw error;
  }
}

function earlierOf(a: IsoTime, b: IsoTime): IsoTime {
  return a < b ? a : b;
}
