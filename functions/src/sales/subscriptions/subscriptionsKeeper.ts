import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { ERASED_SINGLY, stepAfter, timeOfStep } from '../../platform/accountData/erasures.ts';
import { timed, timeOf } from '../../platform/accountData/sections.ts';
import { chargesAgain } from './chargesAgain.ts';
import { endSubscription } from './endSubscription.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { isOver } from './subscription.ts';

/** More than anybody has at once. */
const MAX_OPEN = 500;

/** Keeps an account's subscriptions. Those that would charge the owner again are in the way of a deletion. */
export function subscriptionsKeeper(needs: SubscriptionsNeeds): AccountKeeper {
  const { clock, subscriptions } = needs;
  return {
    blockers: async (accountId) => {
      const all = await subscriptions.list(accountId, MAX_OPEN);
      return all.filter(chargesAgain).map(({ id }) => ({ kind: 'subscription', id }) as const);
    },
    sections: {
      subscriptions: async (id, limit, after) => timed(await subscriptions.list(id, limit, timeOf(after)), limit),
    },
    erasures: {
      // Subscriptions that still run don't renew, or they would have been in the way: they are cut short.
      subscriptions: async ({ id: accountId }, after) => {
        const page = await subscriptions.list(accountId, ERASED_SINGLY, timeOfStep(after));
        for (const subscription of page) {
          if (!isOver(subscription)) await endSubscription(needs, subscription);
        }
        await subscriptions.eraseLinks(page, clock());
        return stepAfter(page, ERASED_SINGLY);
      },
    },
  };
}
