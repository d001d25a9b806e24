import { subscriptionNotRunning } from '../../access/apiKeys/apiKeys.errors.ts';
import { offerOf, type PlanRequest } from '../../catalog/planOffer.ts';
import { hasCode, notFound } from '../../platform/errors/refusal.ts';
import { providerOf } from '../payments/providers.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { isRunning, type Subscription } from './subscription.ts';
import { planNotPaid, subscriptionHasTerm } from './subscriptions.errors.ts';
import { syncSubscription } from './syncSubscription.ts';

/** Returns a subscription of the account. */
async function findSubscription(
  deps: Pick<SubscriptionsNeeds, 'subscriptions'>,
  accountId: string,
  subscriptionId: string,
): Promise<Subscription> {
  const subscription = await deps.subscriptions.find(subscriptionId);
  if (subscription?.accountId !== accountId) throw notFound('SUBSCRIPTION_NOT_FOUND');
  return subscription;
}

/**
 * Returns the wallet of a running subscription of the account.
 * @throws SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE
 */
export async function runningWalletOf(
  deps: Pick<SubscriptionsNeeds, 'subscriptions'>,
  accountId: string,
  subscriptionId: string,
): Promise<string> {
  const subscription = await findSubscription(deps, accountId, subscriptionId);
  if (!isRunning(subscription)) throw subscriptionNotRunning(subscription.status);
  return subscription.id;
}

/**
 * Cancels a subscription at the end of its period, or undoes that. Repeating the call changes nothing.
 * @throws SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE, SUBSCRIPTION_DOES_NOT_RENEW for resuming a fixed term,
 *   SUBSCRIPTION_BUSY, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function setCancelAtPeriodEnd(
  deps: SubscriptionsNeeds,
  accountId: string,
  subscriptionId: string,
  cancelAtPeriodEnd: boolean,
): Promise<Subscription> {
  const subscription = await findSubscription(deps, accountId, subscriptionId);
  if (subscription.ordered.interval === 'term' && !cancelAtPeriodEnd) throw subscriptionHasTerm();
  return change(deps, subscription, async (id) => {
    await providerOf(deps, subscription).subscriptions.setCancelAtPeriodEnd(id, cancelAtPeriodEnd);
  });
}

/**
 * Changes a subscription's plan. Within the same interval, the new plan is charged and its credits are granted with the
 * next period. Another interval begins a new period, which is charged at once.
 * @throws UNKNOWN_PLAN, UNKNOWN_CURRENCY, INVALID_REQUEST, SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE,
 *   SUBSCRIPTION_DOES_NOT_RENEW for a fixed term, PAYMENT_DECLINED, PAYMENT_AUTHENTICATION_REQUIRED,
 *   PLAN_CHANGE_NOT_SUPPORTED, SUBSCRIPTION_BUSY, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function changePlan(
  deps: SubscriptionsNeeds,
  accountId: string,
  subscriptionId: string,
  request: Omit<PlanRequest, 'currency'>,
): Promise<Subscription> {
  const subscription = await findSubscription(deps, accountId, subscriptionId);
  if (subscription.ordered.interval === 'term') throw subscriptionHasTerm();
  const offer = offerOf(await deps.catalog.current(), { ...request, currency: subscription.currency });
  if (offer.interval === 'term') throw subscriptionHasTerm();
  return change(deps, subscription, async (id) => {
    const { declined } = await providerOf(deps, subscription).subscriptions.changePlan(id, offer);
    if (declined) throw planNotPaid(declined);
  });
}

async function change(
  deps: SubscriptionsNeeds,
  subscription: Subscription,
  makeChange: (providerSubscriptionId: string) => Promise<void>,
): Promise<Subscription> {
  const { providerSubscriptionId } = subscription;
  if (!isRunning(subscription) || providerSubscriptionId === null) throw subscriptionNotRunning(subscription.status);
  const reference = { subscriptionId: subscription.id, providerSubscriptionId };
  const look = async () => (await syncSubscription(deps, reference, null)).subscription ?? subscription;
  try {
    await makeChange(providerSubscriptionId);
  } catch (error) {
    if (!hasCode(error, 'PAYMENT_PROVIDER_REFUSED')) throw error;
    // The provider may have refused because the subscription has ended, and its event hasn't arrived yet.
    const { status } = await look();
    throw isRunning({ status }) ? error : subscriptionNotRunning(status);
  }
  return look();
}
