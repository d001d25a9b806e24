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
/** How long Stripe tries to deliver an event by itself; one that can't be handled for as long is given up. */
const PERSISTENCE_SECONDS = 3 * 24 * 60 * 60;
/** How far back Stripe lists events. */
const LISTED_SECONDS = 30 * 24 * 60 * 60;
/**
 * What has happened may be listed a little later, by a clock that isn't ours; so each look begins before the last one.
 */
const OVERLAP_SECONDS = 15 * 60;
/** Stripe takes so many types in one list. */
const MAX_TYPES = 20;

/** One look through the list of events, over as many runs as it takes. */
interface Round {
  readonly since: IsoTime;
  /** When it began: what happens later is for the next round. */
  readonly until: IsoTime;
  /** When the earliest event happened that couldn't be handled; null as long as there is none. */
  failedSince: IsoTime | null;
  /** What is listed, so that another version's places mean nothing here. */
  readonly types: string;
}

/** The round is one object: whatever cursor is written, it tells of what has failed until then. */
interface EventCursor {
  readonly round: Round;
  /** Which part of the types. */
  readonly part: number;
  /** The last event that was looked at; null at the beginning of a part. */
  readonly eventId: string | null;
}

interface ListedEvent {
  readonly event: Stripe.Event;
  readonly cursor: EventCursor;
}

/**
 * Lists what has happened at Stripe since the last round, and handles what no webhook brought here, as if it had:
 * marked events are passed over, so it may overlap with deliveries and with itself. Says how many. Events cover what
 * lists of payments, refunds and disputes by their creation don't: those that went another way long after they began.
 * One that can't be handled is left for the next round, for three days.
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

/** The round that the last run didn't end; null for none, or none that can be gone on with. */
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

/** A page of events of the types that are handled, without those that are marked. */
async function listEvents(
  deps: StripeNeeds,
  at: EventCursor,
  limit: number,
): Promise<WorkPage<ListedEvent, EventCursor>> {
  // Loads Stripe's package, which no function should have to at its start.
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
