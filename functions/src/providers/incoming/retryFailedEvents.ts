import { addSeconds, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { FailedEvent, FailedPosition, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { notingFailure } from '../../sales/incoming/notingFailure.ts';
import { explainPayment, UNEXPLAINED_PAYMENT } from '../creem/followLatePayments.ts';
import { handleCreemEvent } from '../creem/handleCreemEvent.ts';
import { handleStripeEvent } from '../stripe/handleStripeEvent.ts';
import { eventAbout } from '../stripe/stripeEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/** Seconds before a failed event is retried; the provider's own retries and the reconciliation run first. */
const REST_SECONDS = 24 * 60 * 60;

/**
 * Retries failed events, each once a day until it succeeds. Returns the number of handled events. The scheduled
 * function calls this.
 */
export async function retryFailedEvents(deps: IncomingNeeds, limits?: Partial<RunLimits>): Promise<number> {
  const before = addSeconds(deps.clock(), -REST_SECONDS);
  const { changed } = await workThrough(
    deps,
    {
      name: 'retryFailedEvents',
      list: async (after: FailedPosition | null, limit) =>
        pageOf(await deps.failedEvents.listUntriedSince(before, after, limit), limit, positionOf),
      settle: async (failure) => {
        await handleFailedEvent(deps, failure);
        return true;
      },
      cursorAfter: positionOf,
      complaint: 'an event still fails',
      nameOf: ({ eventId, type, failedSince }) => ({ eventId, type, failedSince }),
    },
    limits,
  );
  return changed;
}

function positionOf({ provider, eventId, handledAt }: FailedEvent): FailedPosition {
  return { provider, eventId, handledAt };
}

/**
 * Handles a failed event from its stored subject.
 * @throws what the event's handler throws
 */
export async function handleFailedEvent(deps: IncomingNeeds, failure: FailedEvent): Promise<HandledEvent> {
  const handled = await handle(deps, failure);
  // Delete the failure here as well: another process may have handled the event before the failure was stored.
  await deps.failedEvents.forget(failure);
  return handled;
}

function handle(deps: IncomingNeeds, failure: FailedEvent): Promise<HandledEvent> {
  const { provider, eventId, type, subject } = failure;
  if (provider === 'stripe') return handleStripeEvent(deps, eventAbout(eventId, type, subject.objectId ?? null));
  if (type === UNEXPLAINED_PAYMENT) return handleUnexplained(deps, failure);
  const {
    checkoutId = null,
    reversedTransactionId = null,
    providerSubscriptionId = null,
    subscriptionId = null,
  } = subject;
  const known = { checkoutId, reversedTransactionId, providerSubscriptionId, subscriptionId };
  // With the time of the first failure, so that the hourly retries of Creem's events skip this event.
  return handleCreemEvent(deps, { id: eventId, type, subject: known }, failure.failedSince);
}

/** Looks again for the order of a payment; stores the failure if there is still none. */
async function handleUnexplained(deps: IncomingNeeds, failure: FailedEvent): Promise<HandledEvent> {
  const { provider, eventId, type, subject } = failure;
  const explain = () => explainPayment(deps, eventId);
  const { id } = await notingFailure(deps, { provider, eventId, type }, subject, explain);
  return { duplicate: false, orderId: id };
}
