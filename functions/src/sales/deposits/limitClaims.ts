import { rateLimited } from '../../platform/http/http.errors.ts';
import type { DepositsNeeds } from './needs.ts';

/**
 * Claims that an account may make in a minute: plenty for whoever waits, and each costs calls of a node that is paid
 * for.
 */
const MAX_CLAIMS_PER_MINUTE = 200;
const WINDOW_SECONDS = 60;

/**
 * Counts a claim, be it a good one or not.
 * @throws RATE_LIMITED
 */
export async function limitClaims(deps: DepositsNeeds, accountId: string): Promise<void> {
  const { admitted } = await deps.rateLimiter.take(`deposits of ${accountId}`, MAX_CLAIMS_PER_MINUTE);
  if (!admitted) throw rateLimited(MAX_CLAIMS_PER_MINUTE, WINDOW_SECONDS);
}
