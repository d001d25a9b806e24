import type { Clock } from '@cloud-bridge/base';
import type { AccountsNeeds } from '../accounts/needs.ts';
import type { Users } from '../accounts/users.ts';
import type { VerifyIdToken } from '../accounts/verifyIdToken.ts';
import type { ApiKeysNeeds } from '../apiKeys/needs.ts';
import type { RateLimiter, RequestLimits } from './rateLimiter.ts';

/** Needs of the code that admits requests: authentication, rate limits, frozen accounts. */
export interface RequestsNeeds {
  readonly accounts: AccountsNeeds['accounts'];
  readonly apiKeys: ApiKeysNeeds['apiKeys'];
  readonly catalog: { current(): Promise<{ readonly rateLimit: RequestLimits }> };
  readonly clock: Clock;
  readonly config: { readonly proxyHops: number };
  readonly rateLimiter: RateLimiter;
  readonly users: Users;
  readonly verifyIdToken: VerifyIdToken;
}
