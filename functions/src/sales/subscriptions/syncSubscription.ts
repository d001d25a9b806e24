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

/**
 * Which subscription: ours, and the provider's that it is; with the provider, one that a restore has lost is made
 * again.
 */
export interface SubscriptionReference {
  readonly subscriptionId: string;
  readonly providerSubscriptionId: string;
  readonly provider?: ProviderName;
}

/** What a look at the provider came to. */
export interface SyncedSubscription extends HandledEvent {
  /** Null for a subscription that isn't one of ours. */
  readonly subscription: Subscription | null;
}

/** Looks that another one overtook, before giving up: of many at once one gets through each time. */
const MAX_TRIES = 20;

/** Somebody else has changed the subscription since it was read. */
const OVERTAKEN = { outcome: 'overtaken', orderId: null, result: null } as const;

/**
 * Brings a subscription to what the provider says of it now: credits for paid invoices, then status and period, and
 * at the end the closing of its wallet and keys. Every event, request and scheduled look ends here, in whatever order.
 * Each step may be repeated without harm, and the last one, with the event's marker, is only made when all others are.
 *
 * A truth is only written over the state that was there before it was fetched; so an older one never overwrites a
 * newer one.
 * @param event the event that told of it; null when nothing did
 * @throws ORDER_NOT_REBUILT, SUBSCRIPTION_BUSY when others change the subscription all the time,
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
      if (before) deps.logger.error('a subscription is not what it says', { ...reference });
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

/** The subscription; null for one of somebody else's. */
async function findOrRebuild(deps: SubscriptionsNeeds, reference: SubscriptionReference): Promise<Subscription | null> {
  const { subscriptionId, providerSubscriptionId, provider } = reference;
  const found = await deps.subscriptions.find(subscriptionId);
  if (found || provider === undefined) return found;
  const rebuilt = await rebuildSubscription(deps, provider, providerSubscriptionId);
  return rebuilt?.id === subscriptionId ? rebuilt : null;
}

/**
 * Where a provider doesn't guard metadata, anybody can put words on a purchase of their own: also that it is for a
 * subscription of ours, and of how many credits. So only the page that was opened here says what came of it.
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
 * What may not renew is told so: a page can't be told that beforehand, and its owner may say otherwise at the provider.
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

/** Not a plan for a fixed term; nor any of a deleted account, which nobody can cancel here. */
async function mayRenew(deps: SubscriptionsNeeds, { ordered, accountId, id }: Subscription): Promise<boolean> {
  if (ordered.interval === 'term') return false;
  const account = await deps.accounts.find(accountId);
  if (!account?.deletedAt) return true;
  deps.logger.error('a subscription of a deleted account was told to end', { accountId, subscriptionId: id });
  return false;
}

/** Null when somebody else changed the subscription since `before`. */
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
    // Written even when nothing differs: its version tells others that they were overtaken.
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

/** The order of a first period that will never be paid, closed; null while it may be, or has been. */
function orderOfEnded(order: Order, { status, lastPaymentError }: SubscriptionTruth, now: IsoTime): Order | null {
  if (order.status !== 'pending' || (status !== 'failed' && status !== 'canceled')) return null;
  return { ...order, status, lastPaymentError, updatedAt: now };
}

/** A paid invoice without the page that shows who paid. */
function withoutPage(invoice: PaidInvoice): PaidInvoice {
  return { ...invoice, url: null };
}
