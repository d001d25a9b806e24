import { subscriptionNotRunning } from '../../access/apiKeys/apiKeys.errors.ts';
import { offerOf, type PlanRequest } from '../../catalog/planOffer.ts';
import { hasCode, notFound } from '../../platform/errors/refusal.ts';
import { providerOf } from '../payments/providers.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { isRunning, type Subscription } from './subscription.ts';
import { planNotPaid, subscriptionHasTerm } from './subscriptions.errors.ts';
import { syncSubscription } from './syncSubscription.ts';

/** One of the account's subscriptions; 404 for anybody else's. */
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
 * The wallet of a subscription of the account that runs.
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
 * Lets a subscription end with its present period, or lets it go on after all. Asking again changes nothing.
 * @throws SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE, SUBSCRIPTION_DOES_NOT_RENEW for a fixed term, which can't go
 *   on, SUBSCRIPTION_BUSY, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
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
 * Puts a subscription on another plan. No credits are given for that: within the same interval it is paid, and its
 * credits come, with the next period; another interval begins a new period, which is charged at once.
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
    // It may have ended without our having heard of it yet.
    const { status } = await look();
    throw isRunning({ status }) ? error : subscriptionNotRunning(status);
  }
  return look();
}
