import { rateLimited } from '../../platform/http/http.errors.ts';
import type { CouponsNeeds } from './needs.ts';

/** Codes that an account may try per minute: plenty for people, far too few for guessing codes. */
const MAX_ATTEMPTS_PER_MINUTE = 30;
const WINDOW_SECONDS = 60;

/**
 * Counts an attempt to use a code, whether the code exists or not.
 * @throws RATE_LIMITED
 */
export async function limitAttempts(deps: CouponsNeeds, accountId: string): Promise<void> {
  const { admitted } = await deps.rateLimiter.take(`coupons of ${accountId}`, MAX_ATTEMPTS_PER_MINUTE);
  if (!admitted) throw rateLimited(MAX_ATTEMPTS_PER_MINUTE, WINDOW_SECONDS);
}
