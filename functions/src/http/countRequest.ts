import type { Response } from 'express';
import type { Deps } from '../deps.ts';
import type { Caller } from './caller.ts';
import { rateLimited } from './http.errors.ts';
import { type RateLimitState, WINDOW_SECONDS } from './rateLimit.ts';

/** A limit that a request counts against. */
interface Policy {
  readonly name: 'account' | 'key';
  /** What it counts for. */
  readonly subject: string;
  readonly limit: number;
}

/**
 * Counts a request of an API key, and says in its headers what is left. The key's own limit comes first, and what it
 * refuses is not counted for the account; what the account refuses is given back to the key. So neither limit is used
 * up by what the other one stops. Throws 429 `RATE_LIMITED`, which says whose limit it is.
 */
export async function countRequest(deps: Deps, caller: Caller, response: Response): Promise<void> {
  if (caller.kind !== 'key') return;
  const policies = await policiesOf(deps, caller);
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

/** The limits that a request of an API key counts against: the account's, and the key's own if it has one. */
export async function policiesOf(
  deps: Deps,
  { accountId, keyId, rules }: Extract<Caller, { kind: 'key' }>,
): Promise<readonly Policy[]> {
  const { rateLimit } = await deps.catalog.current();
  const account: Policy = { name: 'account', subject: accountId, limit: rateLimit.requestsPerMinute };
  const limit = rules?.rateLimitPerMinute ?? null;
  return limit === null ? [account] : [account, { name: 'key', subject: `${keyId} of ${accountId}`, limit }];
}

function giveBack(deps: Deps, counted: Map<Policy, RateLimitState>, refusing: Policy): void {
  for (const [policy, state] of counted) {
    if (policy === refusing) continue;
    deps.rateLimiter.giveBack(policy.subject, state);
    counted.set(policy, { ...state, remaining: state.remaining + 1 });
  }
}

function secondsLeft(deps: Deps, state: RateLimitState | undefined): number {
  if (!state) return 0;
  return Math.max(0, Math.ceil((Date.parse(state.resetsAt) - Date.parse(deps.clock())) / 1000));
}
