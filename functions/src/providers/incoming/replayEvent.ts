import { runUnitOfWork } from '@cloud-bridge/base';
import { PROVIDERS } from '../../access/accounts/providerName.ts';
import { isOfEarlierRequest, type OperatorRequest } from '../../access/auditLog/auditLog.ts';
import { notFound } from '../../platform/errors/refusal.ts';
import type { HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { handleCreemEvent } from '../creem/handleCreemEvent.ts';
import { handleStripeEvent } from '../stripe/handleStripeEvent.ts';
import type { IncomingNeeds } from './needs.ts';
import { handleFailedEvent } from './retryFailedEvents.ts';

/** The result of replaying an event. */
export interface ReplayedEvent extends HandledEvent {
  readonly id: string;
  readonly type: string;
  /** True if an earlier request with the same Idempotency-Key asked for the replay, and nothing was left to do. */
  readonly replayed: boolean;
}

/** An event that was found, with the function that handles it. */
interface KnownEvent {
  readonly id: string;
  readonly type: string;
  handle(): Promise<HandledEvent>;
}

/**
 * Handles an event again, as the webhook does: a failed event from its stored subject, an event that arrived from
 * Creem, or an event that Stripe still has (Stripe keeps events for 30 days). Writes the record in the audit log first,
 * because the event's effect and its marker have their own commit.
 * @throws EVENT_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, and what the handler throws
 */
export async function replayEvent(
  deps: IncomingNeeds,
  operator: OperatorRequest,
  eventId: string,
): Promise<ReplayedEvent> {
  const { id, type, handle } =
    (await fromFailures(deps, eventId)) ?? (await fromCreem(deps, eventId)) ?? (await fromStripe(deps, eventId));
  const now = deps.clock();
  const isRepeated = await runUnitOfWork(deps.db, async (unit) => {
    const record = await deps.auditLog.findIn(unit, operator);
    if (record) return isOfEarlierRequest(record, operator);
    deps.auditLog.recordIn(unit, operator, { targetId: id, after: { type } }, now);
    return false;
  });
  const handled = await handle();
  return { id, type, ...handled, replayed: isRepeated && handled.duplicate };
}

/** Finds a failed event. Its subject is stored here, so the provider needn't have the event any more. */
async function fromFailures(deps: IncomingNeeds, eventId: string): Promise<KnownEvent | null> {
  for (const provider of PROVIDERS) {
    const failure = await deps.failedEvents.find({ provider, eventId });
    if (failure) return { id: eventId, type: failure.type, handle: () => handleFailedEvent(deps, failure) };
  }
  return null;
}

/** Finds an event of Creem's among the stored and the handled events, because Creem has no list of events. */
async function fromCreem(deps: IncomingNeeds, eventId: string): Promise<KnownEvent | null> {
  const noted = await deps.creemEvents.find(eventId);
  if (noted) return { ...noted, handle: () => handleCreemEvent(deps, noted, noted.receivedAt) };
  const marked = await deps.incomingEvents.find({ provider: 'creem', eventId });
  if (!marked) return null;
  return { id: eventId, type: marked.type, handle: async () => ({ duplicate: true, orderId: null }) };
}

async function fromStripe(deps: IncomingNeeds, eventId: string): Promise<KnownEvent> {
  // Loads Stripe's package only here, so that functions start without it.
  const [{ callStripe }, { events }] = await Promise.all([import('../stripe/callStripe.ts'), deps.stripe()]);
  const event = await callStripe(
    () => events.retrieve(eventId),
    () => notFound('EVENT_NOT_FOUND'),
  );
  return { id: event.id, type: event.type, handle: () => handleStripeEvent(deps, event) };
}
