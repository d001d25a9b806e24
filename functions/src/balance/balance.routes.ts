import * as z from 'zod';
import { readCurrentWallet } from '../charges/expireHolds.ts';
import { data } from '../http/replies.ts';
import { defineRoute } from '../http/route.ts';
import { dataOf, timeOut } from '../http/schemas.ts';
import { hasLapsed } from '../shared/time.ts';
import { spendableCredits } from '../wallets/wallet.ts';
import { walletOfCaller } from '../wallets/walletOfCaller.ts';

const tag = 'Balance';

const balanceSchema = z.object({
  success: z.literal(true),
  balance: z.object({
    credits: z.int().meta({ description: 'Credits that can be spent now.' }),
    rateLimit: z.object({
      limit: z.int().meta({ description: 'Requests a minute with API keys of the account.' }),
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
    summary: 'Credits and rate limit',
    access: { to: 'key', scope: 'balance:read' },
    response: balanceSchema,
    handle: async (deps, { caller }) => {
      const [{ wallet, now }, catalog] = await Promise.all([
        readCurrentWallet(deps, await walletOfCaller(deps, caller, undefined)),
        deps.catalog.current(),
      ]);
      // An API key's own request has been counted already, and its answer says what that left.
      const { limit, remaining, resetsAt } = await deps.rateLimiter.peek(
        caller.accountId,
        catalog.rateLimit.requestsPerMinute,
      );
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
    summary: 'Balance, totals and lots',
    access: { to: 'account' },
    response: dataOf(creditsSchema),
    handle: async (deps, { caller }) => {
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
