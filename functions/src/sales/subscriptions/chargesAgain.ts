import { isOver, type Subscription } from './subscription.ts';

/** Returns true if a subscription will charge its owner again, or may still begin. */
export function chargesAgain(subscription: Subscription): boolean {
  if (isOver(subscription)) return false;
  const endsByItself = subscription.ordered.interval === 'term' || subscription.cancelAtPeriodEnd;
  return subscription.status === 'pending' || !endsByItself;
}
