import { pageOf, type RunLimits, workThrough } from '@cloud-bridge/base';
import type { DuePosition, Subscription } from '../subscriptions/subscription.ts';
import { syncSubscription } from '../subscriptions/syncSubscription.ts';
import type { ReconciliationNeeds } from './needs.ts';

/**
 * Asks the provider about every subscription that is due for a check, in case webhooks were lost: renewals, failed
 * payments, cancellations and ends. Returns the number of subscriptions checked, for the scheduled function.
 */
export async function reconcileSubscriptions(deps: ReconciliationNeeds, limits?: Partial<RunLimits>): Promise<number> {
  const now = deps.clock();
  const { changed } = await workThrough(
    deps,
    {
      name: 'reconcileSubscriptions',
      list: async (after: DuePosition | null, limit) =>
        pageOf(await deps.subscriptions.listDue(now, after, limit), limit, positionOf),
      settle: (subscription) => reconcile(deps, subscription),
      cursorAfter: positionOf,
      complaint: 'could not reconcile',
      nameOf: ({ id }) => ({ subscriptionId: id }),
    },
    limits,
  );
  return changed;
}

function positionOf({ id, nextSyncAt }: Subscription): DuePosition {
  return { id, nextSyncAt };
}

async function reconcile(deps: ReconciliationNeeds, subscription: Subscription): Promise<boolean> {
  const { id: subscriptionId, providerSubscriptionId } = subscription;
  if (providerSubscriptionId === null)
    throw new Error(`subscription ${subscriptionId} is due but does not exist at its provider`);
  await syncSubscription(deps, { subscriptionId, providerSubscriptionId }, null);
  return true;
}
