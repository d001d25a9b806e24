import { rateLimited } from '../../platform/http/http.errors.ts';
import type { WebhooksNeeds } from './needs.ts';

/**
 * Pings and resent events per minute and account. The limit is far above what a person needs; without it a caller could
 * have this backend send any number of requests.
 */
const MAX_SENDS_PER_MINUTE = 30;
const WINDOW_SECONDS = 60;

/**
 * Counts a ping or a resent event against the account's limit.
 * @throws RATE_LIMITED
 */
export async function limitSends(deps: WebhooksNeeds, accountId: string): Promise<void> {
  const { admitted } = await deps.rateLimiter.take(`webhook sends of ${accountId}`, MAX_SENDS_PER_MINUTE);
  if (!admitted) throw rateLimited(MAX_SENDS_PER_MINUTE, WINDOW_SECONDS);
}
