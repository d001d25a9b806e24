import type { AccountCaller, Caller } from '../../platform/http/caller.ts';
import type { HttpResponse as Response } from '../../platform/http/express.ts';
import { type PolicyName, rateLimited } from '../../platform/http/http.errors.ts';
import type { RequestsNeeds } from './needs.ts';
import { type RateLimitState, WINDOW_SECONDS } from './rateLimiter.ts';

/** A limit that a request counts against. */
interface Policy {
  readonly name: PolicyName;
  /** The id under which requests are counted. */
  readonly subject: string;
  readonly limit: number;
}

/**
 * Counts a request against the limits of its key and account, and sets the RateLimit headers. A request that the key's
 * limit refuses isn't counted for the account, and a request that the account's limit refuses is given back to the key,
 * so a refused request uses up no other limit. Operators aren't counted: during an incident they may make hundreds of
 * refunds and freezes at once.
 * @throws RATE_LIMITED, which names the limit
 */
export async function countRequest(deps: RequestsNeeds, caller: Caller, response: Response): Promise<void> {
  const policies = await policiesOf(deps, caller);
  if (policies.length === 0) return;
  const counted = new Map<Policy, RateLimitState>();
  let refusal: Policy | undefined;
  for (const policy of policies.toReversed()) {
    const state = await deps.rateLimiter.take(policy.subject, policy.limit);
    counted.set(policy, state);
    if (state.admitted) continue;
    refusal = policy;
    giveBack(deps, counted, policy);
    break;
  }
  const seen = policies.filter((policy) => counted.has(policy));
  // https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
  response.set(
    'RateLimit-Policy',
    policies.map(({ name, limit }) => `"${name}";q=${limit};w=${WINDOW_SECONDS}`).join(', '),
  );
  const left = (policy: Policy) => secondsLeft(deps, counted.get(policy));
  response.set(
    'RateLimit',
    seen.map((policy) => `"${policy.name}";r=${counted.get(policy)?.remaining ?? 0};t=${left(policy)}`).join(', '),
  );
  if (refusal) throw rateLimited(refusal.limit, Math.max(1, left(refusal)), refusal.name);
}

/** Returns the limits of a request: the account's and its key's, or the owner's. Operators have none. */
export async function policiesOf(deps: RequestsNeeds, caller: Caller): Promise<readonly Policy[]> {
  if (caller.kind === 'account' && caller.isAdmin) return [];
  const { accountId } = caller;
  const { requestsPerMinute, ownerRequestsPerMinute } = (await deps.catalog.current()).rateLimit;
  if (caller.kind === 'account') return [ownerPolicy(caller, ownerRequestsPerMinute)];
  const account: Policy = { name: 'account', subject: accountId, limit: requestsPerMinute };
  const limit = caller.rules?.rateLimitPerMinute ?? null;
  return limit === null ? [account] : [account, { name: 'key', subject: `${caller.keyId} of ${accountId}`, limit }];
}

/** Counts management keys apart from the signed-in owner, so that a leaked key can't hinder its revocation. */
function ownerPolicy({ accountId, via }: AccountCaller, limit: number): Policy {
  if (via === 'idToken') return { name: 'owner', subject: `owner of ${accountId}`, limit };
  return { name: 'managementKey', subject: `management keys of ${accountId}`, limit };
}

function giveBack(deps: RequestsNeeds, counted: Map<Policy, RateLimitState>, refusing: Policy): void {
  for (const [policy, state] of counted) {
    if (policy === refusing) continue;
    deps.rateLimiter.giveBack(policy.subject, state);
    counted.set(policy, { ...state, remaining: state.remaining + 1 });
  }
}

function secondsLeft(deps: RequestsNeeds, state: RateLimitState | undefined): number {
  if (!state) return 0;
  return Math.max(0, Math.ceil((Date.parse(state.resetsAt) - Date.parse(deps.clock())) / 1000));
}
