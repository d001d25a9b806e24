import type { IsoTime } from '@cloud-bridge/base';
import { MAIN_WALLET_ID, spendableCredits } from '@cloud-bridge/ledger';
import type * as z from 'zod';
import { customerIdFields } from '../../access/accounts/account.ts';
import { stripeIdOf } from '../../access/accounts/providerName.ts';
import { type ApiKey, isActive, walletIdOf } from '../../access/apiKeys/apiKey.ts';
import { keysOfAccount } from '../../access/apiKeys/keysOfAccount.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { MAX_SUBSCRIPTIONS } from './orderPlan.ts';
import { isOver, isRunning, type Subscription } from './subscription.ts';
import type { billingStatusSchema, creditSummarySchema, subscriptionSchema } from './subscriptions.schemas.ts';

type SubscriptionView = z.input<typeof subscriptionSchema>;

/** Returns an account's subscriptions with their keys, and the spendable credits of its main wallet. */
export async function billingStatus(
  deps: SubscriptionsNeeds,
  accountId: string,
): Promise<z.input<typeof billingStatusSchema>> {
  const now = deps.clock();
  const [all, main, account, { plans }] = await Promise.all([
    deps.subscriptions.list(accountId, MAX_SUBSCRIPTIONS),
    deps.wallets.read({ accountId, walletId: MAIN_WALLET_ID }, now),
    deps.accounts.find(accountId),
    deps.catalog.current(),
  ]);
  const running = all.filter(isRunning);
  return {
    subscriptions: await describeSubscriptions(
      deps,
      accountId,
      all.filter(({ status }) => status !== 'pending' && status !== 'failed'),
    ),
    plan: highestPlan(
      running,
      plans.map(({ slug }) => slug),
    ),
    status: running.length > 0 ? 'active' : 'inactive',
    creditBalance: spendableCredits(main, now),
    ...customerIdFields(account?.customerIds),
    subscriptionExpiresAt: lastEndOf(running),
    legacySubscriptionKeys: [],
  };
}

/** Returns the credits of an account's main wallet, and the number of active live keys that spend from it. */
export async function creditSummary(
  deps: SubscriptionsNeeds,
  accountId: string,
): Promise<z.input<typeof creditSummarySchema>> {
  const now = deps.clock();
  const [main, keys] = await Promise.all([
    deps.wallets.read({ accountId, walletId: MAIN_WALLET_ID }, now),
    keysOfAccount(deps, accountId),
  ]);
  const creditKeys = keys.filter((key) => walletIdOf(key) === MAIN_WALLET_ID && isActive(key, now));
  return {
    totalTopUp: main.totals.purchasedCredits,
    remaining: spendableCredits(main, now),
    hasCreditKey: creditKeys.length > 0,
    creditKeyCount: creditKeys.length,
    userId: accountId,
  };
}

/** Returns the API's view of subscriptions, each with its keys and the spendable credits of its wallet. */
export async function describeSubscriptions(
  deps: SubscriptionsNeeds,
  accountId: string,
  subscriptions: readonly Subscription[],
): Promise<SubscriptionView[]> {
  const now = deps.clock();
  const keys = subscriptions.length > 0 ? await keysOfAccount(deps, accountId) : [];
  return Promise.all(
    subscriptions.map(async (subscription) => {
      const wallet = await deps.wallets.read({ accountId, walletId: subscription.id }, now);
      const own = keys.filter(({ walletId }) => walletId === subscription.id);
      return render(subscription, isOver(subscription) ? 0 : spendableCredits(wallet, now), own, now);
    }),
  );
}

function render(
  subscription: Subscription,
  availableCredits: number,
  keys: readonly ApiKey[],
  now: IsoTime,
): SubscriptionView {
  const { id, period, next, status, cancelAtPeriodEnd, endedAt, lastPaymentError, createdAt } = subscription;
  const { provider, providerSubscriptionId } = subscription;
  const goesOn = isRunning(subscription) && !cancelAtPeriodEnd;
  return {
    id,
    provider,
    providerSubscriptionId,
    stripeSubscriptionId: stripeIdOf(provider, providerSubscriptionId),
    planSlug: period.planSlug,
    planName: period.planName,
    interval: period.interval,
    nextPlanSlug: goesOn ? next.planSlug : null,
    nextInterval: goesOn ? next.interval : null,
    status,
    currentPeriodStart: subscription.currentPeriodStartAt,
    currentPeriodEnd: subscription.currentPeriodEndAt,
    cancelAtPeriodEnd,
    endedAt,
    lastPaymentError,
    walletId: id,
    creditsPerPeriod: period.credits,
    availableCredits,
    keyCount: keys.length,
    keys: keys.map((key) => ({ id: key.id, name: key.name, isActive: isActive(key, now), createdAt: key.createdAt })),
    createdAt,
  };
}

/** Returns the highest plan: later plans of the catalog are higher, plans that have left the catalog are lowest. */
function highestPlan(running: readonly Subscription[], slugs: readonly string[]): string | null {
  const rank = ({ period }: Subscription) => slugs.indexOf(period.planSlug);
  const [highest] = running.toSorted((a, b) => rank(b) - rank(a));
  return highest?.period.planSlug ?? null;
}

function lastEndOf(running: readonly Subscription[]): IsoTime | null {
  if (running.some(({ cancelAtPeriodEnd }) => !cancelAtPeriodEnd)) return null;
  const ends = running.map(({ currentPeriodEndAt }) => currentPeriodEndAt ?? '');
  return ends.toSorted().at(-1) || null;
}
