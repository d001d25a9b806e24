import type { Clock } from '@cloud-bridge/base';
import type { AccountsNeeds } from '../accounts/needs.ts';
import type { Users } from '../accounts/users.ts';
import type { VerifyIdToken } from '../accounts/verifyIdToken.ts';
import type { ApiKeysNeeds } from '../apiKeys/needs.ts';
import type { RateLimiter, RequestLimits } from './rateLimiter.ts';

/** What admits a request: who calls, how often, and whether the account is frozen. */
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
