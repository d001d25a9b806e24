import { backOff, type IsoTime } from '@cloud-bridge/base';
import { CAPABILITIES, type ProviderName } from '../../access/accounts/providerName.ts';
import { stageCustomer } from '../customers/stageCustomer.ts';
import { ignoreEvent } from '../incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../incoming/incomingEvent.ts';
import { onceFor } from '../incoming/onceFor.ts';
import { stageUse } from '../orders/couponUse.ts';
import type { Order } from '../orders/order.ts';
import { providerOf } from '../payments/providers.ts';
import type { PaidInvoice, SubscriptionTruth } from '../payments/subscriptionProvider.ts';
import { creditInvoices } from './creditInvoice.ts';
import { endSubscription } from './endSubscription.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { rebuildSubscription } from './rebuildSubscription.ts';
import { isAbout, isOver, type Subscription, subscriptionAfter } from './subscription.ts';
import { subscriptionEvent } from './subscriptionEvent.ts';
import { subscriptionBusy } from './subscriptions.errors.ts';

/** The ids of a subscription, here and at the provider. */
export interface SubscriptionReference {
  readonly subscriptionId: string;
  readonly providerSubscriptionId: string;
  /** If given, a subscription that a restore has lost is created again. */
  readonly provider?: ProviderName;
}

/** The result of a sync. */
export interface SyncedSubscription extends HandledEvent {
  /** Null if the provider's subscription isn't one of ours. */
  readonly subscription: Subscription | null;
}

/** Attempts before giving up. When several syncs race, one of them wins each round. */
const MAX_TRIES = 20;

/** The outcome when another sync has written the subscription since it was read. */
const OVERTAKEN = { outcome: 'overtaken', orderId: null, result: null } as const;

/**
 * Updates a subscription to the provider's present state: credits paid invoices, closes wallet and keys of a canceled
 * subscription, then writes status and period with the event's marker. All events, requests and schedules call this
 * function, in any order. Each step can be repeated, and the marker is only written when all other steps are done.
 *
 * The provider's state is only written if the subscription hasn't changed since before that state was fetched, so an
 * older state never overwrites a newer one.
 * @param event the event that caused the sync; null without an event
 * @throws ORDER_NOT_REBUILT, SUBSCRIPTION_BUSY if others keep changing the subscription,
 *   PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function syncSubscription(
  deps: SubscriptionsNeeds,
  reference: SubscriptionReference,
  event: EventMarker | null,
): Promise<SyncedSubscription> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const before = await findOrRebuild(deps, reference);
    const isOwn = before && (await isOfOwnPage(deps, before, reference.providerSubscriptionId));
    const truth = isOwn ? await truthOf(deps, before, reference.providerSubscriptionId) : null;
    if (!before || !truth || !isAbout(before, truth)) {
      if (before) deps.logger.error("a provider's subscription names one of ours, but doesn't fit", { ...reference });
      return { ...(await ignoreEvent(deps, event)), subscription: null };
    }
    const { customerId } = before.erasedAt ? before : truth;
    const invoices = before.erasedAt ? truth.paidInvoices.map(withoutPage) : truth.paidInvoices;
    await creditInvoices(deps, { ...before, customerId }, invoices);
    if (truth.status === 'canceled') await endSubscription(deps, before);
    const written = await write(deps, before, truth, event);
    if (written) return written;
    await backOff(attempt);
  }
  throw subscriptionBusy();
}

/** Returns our subscription, created again if a restore has lost it; null if there is none. */
async function findOrRebuild(deps: SubscriptionsNeeds, reference: SubscriptionReference): Promise<Subscription | null> {
  const { subscriptionId, providerSubscriptionId, provider } = reference;
  const found = await deps.subscriptions.find(subscriptionId);
  if (found || provider === undefined) return found;
  const rebuilt = await rebuildSubscription(deps, provider, providerSubscriptionId);
  return rebuilt?.id === subscriptionId ? rebuilt : null;
}

/**
 * Returns true if the provider's subscription came from the checkout page that we opened. Where a provider doesn't
 * guard metadata, anybody can write metadata on a purchase of their own that name our subscription and any number of
 * credits. So only our page proves which subscription was paid.
 */
async function isOfOwnPage(deps: SubscriptionsNeeds, subscription: Subscription, providerId: string): Promise<boolean> {
  const { provider } = subscription;
  if (CAPABILITIES[provider].guardsMetadata || subscription.providerSubscriptionId !== null) return true;
  const order = await deps.orders.find(subscription.orderId);
  if (!order?.checkout) return false;
  const { providerSubscriptionId } = await providerOf(deps, subscription).subscriptions.fetchCheckout(
    order.checkout.sessionId,
  );
  return providerSubscriptionId === providerId;
}

/**
 * Fetches the provider's state. Cancels a subscription at the end of its period if it must not renew: a checkout page
 * can't do that beforehand, and the owner may resume the subscription at the provider.
 */
async function truthOf(
  deps: SubscriptionsNeeds,
  subscription: Subscription,
  providerId: string,
): Promise<SubscriptionTruth> {
  const provider = providerOf(deps, subscription).subscriptions;
  const truth = await provider.fetch(providerId);
  const renews = !truth.cancelAtPeriodEnd && !isOver(truth) && isAbout(subscription, truth);
  if (!renews || (await mayRenew(deps, subscription))) return truth;
  await provider.setCancelAtPeriodEnd(providerId, true);
  return provider.fetch(providerId);
}

/** Returns false for a plan with a fixed term, and for a deleted account, whose owner can't cancel here any more. */
async function mayRenew(deps: SubscriptionsNeeds, { ordered, accountId, id }: Subscription): Promise<boolean> {
  if (ordered.interval === 'term') return false;
  const account = await deps.accounts.find(accountId);
  if (!account?.deletedAt) return true;
  deps.logger.error('a subscription of a deleted account was told to end', { accountId, subscriptionId: id });
  return false;
}

/** Writes the provider's state. Returns null if the subscription was changed since `before` was read. */
async function write(
  deps: SubscriptionsNeeds,
  before: Subscription,
  truth: SubscriptionTruth,
  event: EventMarker | null,
): Promise<SyncedSubscription | null> {
  const { duplicate, result } = await onceFor(deps, event, async (unit, now) => {
    const current = await deps.subscriptions.findIn(unit, before.id);
    if (current?.version !== before.version) return OVERTAKEN;
    const order = await deps.orders.findIn(unit, before.orderId);
    const closed = order && orderOfEnded(order, truth, now);
    const use = closed && (await stageUse(unit, deps, order, closed, now));
    const payer = await stageCustomer(unit, deps, { ...before, customerId: truth.customerId });
    // Written even if nothing differs: the new version tells concurrent syncs that their state is out of date.
    const subscription = deps.subscriptions.writeIn(unit, subscriptionAfter(current, truth, now));
    const news = subscriptionEvent(current, subscription, now);
    if (news) deps.accountEvents.createIn(unit, news);
    payer.write();
    if (use) {
      use.write();
      deps.orders.writeIn(unit, use.order);
    }
    return { outcome: 'handled', orderId: before.orderId, result: subscription };
  });
  const subscription = duplicate ? before : result;
  return subscription && { duplicate, orderId: before.orderId, subscription };
}

/** Returns the closed order of a first period that will never be paid; null if it may still be paid, or was paid. */
function orderOfEnded(order: Order, { status, lastPaymentError }: SubscriptionTruth, now: IsoTime): Order | null {
  if (order.status !== 'pending' || (status !== 'failed' && status !== 'canceled')) return null;
  return { ...order, status, lastPaymentError, updatedAt: now };
}

/** Returns a paid invoice without the link to its page, because that page names the payer. */
function withoutPage(invoice: PaidInvoice): PaidInvoice {
  return { ...invoice, url: null };
}
