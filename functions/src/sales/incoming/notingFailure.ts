import { cleanText, Throttled } from '@cloud-bridge/base';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { EventMarker, FailedEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

const MAX_MESSAGE_LENGTH = 300;

/**
 * Runs an event's handler. If the handler fails, records the failure, which operators see and a schedule retries, even
 * after the provider has stopped sending the event. Throws the error again, so that the provider sends the event again.
 * @throws what `handle` throws
 */
export async function notingFailure<T>(
  deps: IncomingNeeds,
  event: EventMarker,
  subject: FailedEvent['subject'],
  handle: () => Promise<T>,
): Promise<T> {
  const handled = await handle().catch(async (error: unknown) => {
    // The provider's request limit says nothing about the event, which is sent again later.
    if (error instanceof Throttled) throw error;
    const failure = { ...event, subject, handledAt: deps.clock(), error: wordsFor(error) };
    try {
      await deps.failedEvents.note(failure);
      // Another process may have handled the event meanwhile, and looked for its failure before there was one.
      if (await deps.incomingEvents.isMarked(event)) await deps.failedEvents.forget(event);
    } catch (cause) {
      deps.logger.error('a failed event was not recorded', { ...event, cause: String(cause) });
    }
    throw error;
  });
  if (await deps.failedEvents.find(event)) await deps.failedEvents.forget(event);
  return handled;
}

/** Returns code and message of an error for operators. URLs are cleaned, because they may contain keys. */
function wordsFor(error: unknown): FailedEvent['error'] {
  const message = error instanceof Error ? error.message : String(error);
  const code = hasCode(error) ? error.code : 'INTERNAL';
  return { code, message: cleanText(message).slice(0, MAX_MESSAGE_LENGTH) };
}
