import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { ERASED_SINGLY, stepAfter, timeOfStep } from '../../platform/accountData/erasures.ts';
import { timed, timeOf } from '../../platform/accountData/sections.ts';
import { chargesAgain } from './chargesAgain.ts';
import { endSubscription } from './endSubscription.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { isOver } from './subscription.ts';

/** Number of subscriptions that are checked for blockers: more than any account has. */
const MAX_OPEN = 500;

/** Exports and erases an account's subscriptions. Subscriptions that will charge the owner again block a deletion. */
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
      // A subscription that still runs won't renew, or it would have blocked the deletion. The erasure ends it early.
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
