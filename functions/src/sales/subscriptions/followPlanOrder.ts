import { addSeconds } from '@cloud-bridge/base';
import { ignoreEvent } from '../incoming/ignoreEvent.ts';
import type { EventMarker, HandledEvent } from '../incoming/incomingEvent.ts';
import { onceFor } from '../incoming/onceFor.ts';
import { stageUse } from '../orders/couponUse.ts';
import type { PlanOrder } from '../orders/order.ts';
import type { PaymentError } from '../payments/payment.ts';
import { providerOf } from '../payments/providers.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { isOver, type Subscription } from './subscription.ts';
import { syncSubscription } from './syncSubscription.ts';

/** Seconds in which an order without a page can still be paid by repeating its request. */
const OPENING_SECONDS = 24 * 60 * 60;
/** Seconds after a page's expiry in which its payment may still arrive. */
const PATIENCE_SECONDS = 60 * 60;

interface FollowedOrder extends HandledEvent {
  readonly changed: boolean;
}

/**
 * Updates the order of a plan's first period, and its subscription, to the provider's state of its page or payment.
 * @param event the event that caused the update; null without an event
 * @throws what {@link syncSubscription} throws
 */
export async function followPlanOrder(
  deps: SubscriptionsNeeds,
  order: PlanOrder,
  event: EventMarker | null,
): Promise<FollowedOrder> {
  const subscription = await deps.subscriptions.find(order.walletId);
  if (!subscription) throw new Error(`order ${order.id} has no subscription`);
  const { providerSubscriptionId, isExpired } = await fateOf(deps, order, subscription);
  if (providerSubscriptionId !== null) {
    const reference = { subscriptionId: subscription.id, providerSubscriptionId };
    const { duplicate } = await syncSubscription(deps, reference, event);
    const changed = (await deps.orders.find(order.id))?.status !== order.status;
    return { duplicate, orderId: order.id, changed };
  }
  if (isExpired) return closePlanOrder(deps, order, 'expired', null, event);
  return { ...(await ignoreEvent(deps, event, order.id)), changed: false };
}

/** Closes an order that won't be paid, and its subscription. Changes nothing if it was paid meanwhile. */
export async function closePlanOrder(
  deps: SubscriptionsNeeds,
  { id, walletId }: PlanOrder,
  status: 'failed' | 'expired' | 'canceled',
  lastPaymentError: PaymentError | null,
  event: EventMarker | null,
): Promise<FollowedOrder> {
  const { duplicate, result: changed } = await onceFor(deps, event, async (unit, now) => {
    const order = await deps.orders.findIn(unit, id);
    const subscription = await deps.subscriptions.findIn(unit, walletId);
    const isPending = order?.status === 'pending' && subscription?.status === 'pending';
    if (isPending) {
      const use = await stageUse(unit, deps, order, { ...order, status, lastPaymentError, updatedAt: now }, now);
      use.write();
      deps.orders.writeIn(unit, use.order);
      deps.subscriptions.writeIn(unit, {
        ...subscription,
        status: 'failed',
        lastPaymentError,
        nextSyncAt: null,
        updatedAt: now,
      });
    }
    return { outcome: isPending ? 'handled' : 'ignored', orderId: id, result: isPending };
  });
  return { duplicate, orderId: id, changed: changed === true };
}

/** Finds the provider's subscription of an order. Without one, tells whether the order has expired. */
async function fateOf(deps: SubscriptionsNeeds, order: PlanOrder, subscription: Subscription) {
  const { providerSubscriptionId, customerId, id } = subscription;
  if (providerSubscriptionId !== null) return { providerSubscriptionId, isExpired: false };
  const provider = providerOf(deps, order).subscriptions;
  if (order.checkout) {
    const fate = await provider.fetchCheckout(order.checkout.sessionId);
    // An unpaid page expires at its time, even if the provider would keep it open for ever.
    const isLate = order.checkout.expiresAt <= addSeconds(deps.clock(), -PATIENCE_SECONDS);
    return { ...fate, isExpired: fate.isExpired || isLate };
  }
  const found = await provider.findId(customerId, id);
  const isOld = order.createdAt <= addSeconds(deps.clock(), -OPENING_SECONDS);
  return { providerSubscriptionId: found, isExpired: found === null && (isOld || isOver(subscription)) };
}
