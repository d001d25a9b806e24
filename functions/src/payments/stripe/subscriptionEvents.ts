import type Stripe from 'stripe';
import { isOrderId } from '../../orders/order.ts';
import { isSubscriptionId } from '../../subscriptions/subscription.ts';
import type { SubscriptionReference } from '../../subscriptions/syncSubscription.ts';

/** Events that tell of subscriptions and their invoices. */
export const SUBSCRIPTION_EVENT_TYPES = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.voided',
  'invoice.marked_uncollectible',
] as const;

/** The subscription that an event is about; null for events that concern none of ours. Pure. */
export function subscriptionBehind(event: Stripe.Event): SubscriptionReference | null {
  switch (event.type) {
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
      return referenceOf(event.data.object.metadata, event.data.object.id);
    case 'invoice.paid':
    case 'invoice.payment_failed':
    case 'invoice.payment_action_required':
    case 'invoice.voided':
    case 'invoice.marked_uncollectible': {
      const details = event.data.object.parent?.subscription_details;
      return referenceOf(details?.metadata, details?.subscription);
    }
    default:
      return null;
  }
}

/** The order of a plan whose page an event is about; null for other events. Pure. */
export function planOrderBehind(event: Stripe.Event): string | null {
  if (!event.type.startsWith('checkout.session.')) return null;
  const { mode, metadata } = event.data.object as Partial<Stripe.Checkout.Session>;
  const orderId = metadata?.orderId;
  return mode === 'subscription' && isOrderId(orderId) ? orderId : null;
}

function referenceOf(
  metadata: Stripe.Metadata | null | undefined,
  subscription: string | { id: string } | undefined,
): SubscriptionReference | null {
  const subscriptionId = metadata?.subscriptionId;
  const providerSubscriptionId = typeof subscription === 'string' ? subscription : subscription?.id;
  if (!isSubscriptionId(subscriptionId) || typeof providerSubscriptionId !== 'string') return null;
  return /^sub_\w{1,200}$/.test(providerSubscriptionId) ? { subscriptionId, providerSubscriptionId } : null;
}
