import { rateLimited } from '../../platform/http/http.errors.ts';
import type { DepositsNeeds } from './needs.ts';

/**
 * Claims per account and minute: plenty for a customer who waits, and limited because each claim costs paid calls to a
 * node.
 */
const MAX_CLAIMS_PER_MINUTE = 200;
const WINDOW_SECONDS = 60;

/**
 * Counts a claim, whether or not it succeeds, and refuses claims above the limit.
 * @throws RATE_LIMITED
 */
export async function limitClaims(deps: DepositsNeeds, accountId: string): Promise<void> {
  const { admitted } = await deps.rateLimiter.take(`deposits of ${accountId}`, MAX_CLAIMS_PER_MINUTE);
  if (!admitted) throw rateLimited(MAX_CLAIMS_PER_MINUTE, WINDOW_SECONDS);
}
