import { hasLapsed } from '@cloud-bridge/base';
import { readCurrentWallet, spendableCredits } from '@cloud-bridge/ledger';
import * as z from 'zod';
import { policiesOf } from '../../access/requests/countRequest.ts';
import type { RateLimitState } from '../../access/requests/rateLimiter.ts';
import { walletOfCaller } from '../../access/wallets/walletOfCaller.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, timeOut } from '../../platform/http/schemas.ts';
import type { BalanceNeeds } from './needs.ts';

const tag = 'Balance';

const balanceSchema = z.object({
  success: z.literal(true),
  balance: z.object({
    credits: z.int().meta({ description: 'Credits that can be spent now.' }),
    rateLimit: z.object({
      limit: z.int().meta({
        description:
          "Requests per minute: the account's limit for API keys, or the key's own limit if less of it remains.",
      }),
      remaining: z.int(),
      resetsAt: timeOut,
    }),
  }),
});

const creditsSchema = z
  .object({
    availableCredits: z.int(),
    heldCredits: z.int(),
    debtCredits: z.int(),
    totalPurchasedCredits: z.int(),
    totalGrantedCredits: z.int(),
    totalConsumedCredits: z.int(),
    lots: z.array(z.object({ source: z.string(), remainingCredits: z.int(), expiresAt: timeOut.nullable() })),
  })
  .meta({ id: 'Credits' });

export const balanceRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/balance',
    tag,
    summary: 'Get the balance and the rate limit',
    access: { to: 'key', scope: 'balance:read' },
    response: balanceSchema,
    handle: async (deps: BalanceNeeds, { caller }) => {
      const [{ wallet, now }, { limit, remaining, resetsAt }] = await Promise.all([
        readCurrentWallet(deps, await walletOfCaller(deps, caller, undefined)),
        rateLimitOf(deps, caller),
      ]);
      return {
        body: {
          success: true as const,
          balance: { credits: spendableCredits(wallet, now), rateLimit: { limit, remaining, resetsAt } },
        },
      };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/account/credits',
    tag,
    summary: 'Get balance, totals and lots',
    access: { to: 'account' },
    response: dataOf(creditsSchema),
    handle: async (deps: BalanceNeeds, { caller }) => {
      const { wallet, now } = await readCurrentWallet(deps, await walletOfCaller(deps, caller, undefined));
      const { heldCredits, debtCredits, totals } = wallet;
      return data({
        availableCredits: spendableCredits(wallet, now),
        heldCredits,
        debtCredits,
        totalPurchasedCredits: totals.purchasedCredits,
        totalGrantedCredits: totals.grantedCredits,
        totalConsumedCredits: totals.consumedCredits,
        lots: wallet.lots
          .filter((lot) => !hasLapsed(lot.expiresAt, now))
          .map(({ source, remainingCredits, expiresAt }) => ({ source, remainingCredits, expiresAt })),
      });
    },
  }),
];

/**
 * Returns the state of the rate limit that would stop the caller first. The present request of an API key is already
 * counted.
 */
async function rateLimitOf(deps: BalanceNeeds, caller: Caller): Promise<RateLimitState> {
  const account = { subject: caller.accountId, limit: (await deps.catalog.current()).rateLimit.requestsPerMinute };
  const policies = caller.kind === 'key' ? await policiesOf(deps, caller) : [account];
  const states = await Promise.all(policies.map(({ subject, limit }) => deps.rateLimiter.peek(subject, limit)));
  return states.reduce((tightest, state) => (state.remaining < tightest.remaining ? state : tightest));
}
