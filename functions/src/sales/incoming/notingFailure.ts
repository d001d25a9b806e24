import { cleanText, Throttled } from '@cloud-bridge/base';
import { hasCode } from '../../platform/errors/refusal.ts';
import type { EventMarker, FailedEvent } from './incomingEvent.ts';
import type { IncomingNeeds } from './needs.ts';

const MAX_MESSAGE_LENGTH = 300;

/**
 * Does what an event asks for. When that fails, the event is noted where operators see it and a schedule comes back to
 * it, however long ago the provider has given up; and the error is thrown on, so that the provider tells again.
 * @throws what `handle` throws
 */
export async function notingFailure<T>(
  deps: IncomingNeeds,
  event: EventMarker,
  subject: FailedEvent['subject'],
  handle: () => Promise<T>,
): Promise<T> {
  const handled = await handle().catch(async (error: unknown) => {
    // That the provider takes no more requests for now says nothing of the event, which waits for its turn.
    if (error instanceof Throttled) throw error;
    const failure = { ...event, subject, handledAt: deps.clock(), error: wordsFor(error) };
    try {
      await deps.failedEvents.note(failure);
      // Somebody else may have handled it meanwhile, and looked for a failure before there was one.
      if (await deps.incomingEvents.isMarked(event)) await deps.failedEvents.forget(event);
    } catch (cause) {
      deps.logger.error('a failed event was not noted', { ...event, cause: String(cause) });
    }
    throw error;
  });
  if (await deps.failedEvents.find(event)) await deps.failedEvents.forget(event);
  return handled;
}

/** Operators read the words: no address in them may keep its key. */
function wordsFor(error: unknown): FailedEvent['error'] {
  const message = error instanceof Error ? error.message : String(error);
  const code = hasCode(error) ? error.code : 'INTERNAL';
  return { code, message: cleanText(message).slice(0, MAX_MESSAGE_LENGTH) };
}
