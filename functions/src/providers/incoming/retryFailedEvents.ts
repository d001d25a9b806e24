import { addSeconds, sweep } from '@cloud-bridge/base';
import type { FailedEvent } from '../../sales/incoming/incomingEvent.ts';
import { notingFailure } from '../../sales/incoming/noteFailure.ts';
import { explainPayment, UNEXPLAINED_PAYMENT } from '../creem/followLatePayments.ts';
import { handleCreemEvent } from '../creem/handleCreemEvent.ts';
import { handleStripeEvent } from '../stripe/handleStripeEvent.ts';
import { eventAbout } from '../stripe/stripeEvent.ts';
import type { IncomingNeeds } from './needs.ts';

/** How long a failure rests: the provider's own tries and the reconciliation come first. */
const REST_SECONDS = 24 * 60 * 60;

/**
 * Handles events again that could not be handled, once a day each and for as long as it takes. Says how many were tried
 * now. What the scheduled function does.
 */
export function retryFailedEvents(deps: IncomingNeeds): Promise<number> {
  const before = addSeconds(deps.clock(), -REST_SECONDS);
  return sweep(
    deps.logger,
    (limit, offset) => deps.failedEvents.listUntriedSince(before, limit, offset),
    (failure) => retry(deps, failure),
    ({ eventId }) => eventId,
  );
}

/** Handles an event that failed, from what was noted of it. Throws what its handler throws. */
export async function handleFailedEvent(deps: IncomingNeeds, failure: FailedEvent) {
  const handled = await handle(deps, failure);
  // It may have been handled by others before the failure was noted.
  await deps.failedEvents.forget(failure);
  return handled;
}

function handle(deps: IncomingNeeds, failure: FailedEvent) {
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
  return handleCreemEvent(deps, { id: eventId, type, subject: known });
}

/** Looks for a payment's order once more, as long as there is none. */
async function handleUnexplained(deps: IncomingNeeds, failure: FailedEvent) {
  const { provider, eventId, type, subject } = failure;
  const explain = () => explainPayment(deps, eventId);
  const { id } = await notingFailure(deps, { provider, eventId, type }, subject, explain);
  return { duplicate: false, orderId: id };
}

/** False for one that is still at the head of the list: a failure that is noted again rests for another day. */
async function retry(deps: IncomingNeeds, failure: FailedEvent): Promise<boolean> {
  try {
    await handleFailedEvent(deps, failure);
    return true;
  } catch (error) {
    const { eventId, type, failedSince, handledAt } = failure;
    deps.logger.error('an event still fails', { eventId, type, failedSince, cause: String(error) });
    return (await deps.failedEvents.find(failure))?.handledAt !== handledAt;
  }
}
