import { addSeconds, pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { FailedEvent, FailedPosition, HandledEvent } from '../../sales/incoming/incomingEvent.ts';
import { notingFailure } from '../../sales/incoming/notingFailure.ts';
import { explainPayment, UNEXPLAINED_PAYMENT } from '../creem/followLatePayments.ts';
import { handleCreemEvent } from '../creem/handleCreemEvent.ts';
import { handleStripeEvent } from '../stripe/handleStripeEvent.ts';
import { eventAbout } from '../stripe/stripeEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/** How long a failure rests: the provider's own tries and the reconciliation come first. */
const REST_SECONDS = 24 * 60 * 60;

/**
 * Handles events again that could not be handled, once a day each and for as long as it takes. Says how many have been
 * handled now. What the scheduled function does.
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
 * Handles an event that failed, from what was noted of it.
 * @throws what its handler throws
 */
export async function handleFailedEvent(deps: IncomingNeeds, failure: FailedEvent): Promise<HandledEvent> {
  const handled = await handle(deps, failure);
  // It may have been handled by others before the failure was noted.
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
  // As of its first failure, so that what tries Creem's events every hour leaves this one to its daily try.
  return handleCreemEvent(deps, { id: eventId, type, subject: known }, failure.failedSince);
}

/** Looks for a payment's order once more, as long as there is none. */
async function handleUnexplained(deps: IncomingNeeds, failure: FailedEvent): Promise<HandledEvent> {
  const { provider, eventId, type, subject } = failure;
  const explain = () => explainPayment(deps, eventId);
  const { id } = await notingFailure(deps, { provider, eventId, type }, subject, explain);
  return { duplicate: false, orderId: id };
}
