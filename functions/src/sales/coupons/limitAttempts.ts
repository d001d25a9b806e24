import { rateLimited } from '../../platform/http/http.errors.ts';
import type { CouponsNeeds } from './needs.ts';

/** Codes that an account may try in a minute: plenty for people, nothing for guessing. */
const MAX_ATTEMPTS_PER_MINUTE = 30;
const WINDOW_SECONDS = 60;

/**
 * Counts an attempt to use a code, be it a good one or not.
 * @throws RATE_LIMITED
 */
export async function limitAttempts(deps: CouponsNeeds, accountId: string): Promise<void> {
  const { admitted } = await deps.rateLimiter.take(`coupons of ${accountId}`, MAX_ATTEMPTS_PER_MINUTE);
  if (!admitted) throw rateLimited(MAX_ATTEMPTS_PER_MINUTE, WINDOW_SECONDS);
}
