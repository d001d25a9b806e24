import { sweep } from '../charges/sweep.ts';
import type { Deps } from '../deps.ts';
import type { Subscription } from './subscription.ts';
import { syncSubscription } from './syncSubscription.ts';

/**
 * Asks the provider about every subscription that is due for it, in case webhooks were lost: renewals, failed
 * payments, cancellations and ends. Says how many it asked about. What the scheduled function does.
 */
export function reconcileSubscriptions(deps: Deps): Promise<number> {
  const now = deps.clock();
  return sweep(
    deps.logger,
    (limit, offset) => deps.subscriptions.listDue(now, { limit, offset }),
    (subscription) => reconcile(deps, subscription),
    ({ id }) => id,
  );
}

async function reconcile(deps: Deps, subscription: Subscription): Promise<boolean> {
  const { id: subscriptionId, providerSubscriptionId } = subscription;
  if (providerSubscriptionId === null) throw new Error(`subscription ${subscriptionId} is due before it exists`);
  await syncSubscription(deps, { subscriptionId, providerSubscriptionId }, null);
  return true;
}
