import { rateLimited } from '../../platform/http/http.errors.ts';
import type { WebhooksNeeds } from './needs.ts';

/** Pings and repetitions that an account may ask for in a minute: plenty for people, and each is a request of ours. */
const MAX_SENDS_PER_MINUTE = 30;
const WINDOW_SECONDS = 60;

/**
 * Counts a request to send something at once.
 * @throws RATE_LIMITED
 */
export async function limitSends(deps: WebhooksNeeds, accountId: string): Promise<void> {
  const { admitted } = await deps.rateLimiter.take(`webhook sends of ${accountId}`, MAX_SENDS_PER_MINUTE);
  if (!admitted) throw rateLimited(MAX_SENDS_PER_MINUTE, WINDOW_SECONDS);
}
