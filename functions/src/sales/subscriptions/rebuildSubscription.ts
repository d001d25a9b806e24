import { runUnitOfWork } from '@cloud-bridge/base';
import type { ProviderName } from '../../access/accounts/providerName.ts';
import { stageLostCustomer } from '../customers/stageCustomer.ts';
import { type OrderFacts, readOrderFacts } from '../orders/orderFacts.ts';
import { orderFrom } from '../orders/rebuiltOrder.ts';
import { ifThere } from '../payments/ifThere.ts';
import { providerOf } from '../payments/providers.ts';
import type { SubscriptionTruth } from '../payments/subscriptionProvider.ts';
import { orderNotRebuilt } from '../seals/seals.errors.ts';
import type { SubscriptionsNeeds } from './needs.ts';
import { newSubscription } from './newSubscription.ts';
import type { Subscription } from './subscription.ts';

/**
 * Creates a subscription that a restore has lost again, with the order of its first period, from the facts in the
 * provider's metadata. Both get the state that they had when they were ordered; the next sync of the subscription
 * credits each invoice that was paid since, once. Returns null for a subscription of another deployment, and for a
 * subscription without a paid invoice.
 * @throws ORDER_NOT_REBUILT for a subscription whose metadata name this deployment, but whose facts are of another
 *   order or differ from what was paid; PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function rebuildSubscription(
  deps: SubscriptionsNeeds,
  provider: ProviderName,
  providerSubscriptionId: string,
): Promise<Subscription | null> {
  const truth = await ifThere(providerOf(deps, { provider }).subscriptions.fetch(providerSubscriptionId));
  const facts = truth && readOrderFacts(deps.seals, truth.metadata);
  if (!facts || truth.paidInvoices.length === 0) return null;
  const { offer } = facts;
  if (!offer || facts.provider !== provider || facts.walletId !== truth.subscriptionId) {
    throw orderNotRebuilt('the facts in its metadata are of another order');
  }
  requireAsOrdered(facts, truth);
  const { accountId, id: orderId, requestHash, createdAt } = facts;
  const { customerId } = truth;
  const identity = { accountId, provider, orderId, customerId, requestHash, offer };
  const subscription: Subscription = {
    ...newSubscription(identity, createdAt),
    id: facts.walletId,
    // Ties the subscription to this one at the provider: another one with copied metadata can't take its place.
    providerSubscriptionId,
    nextSyncAt: createdAt,
  };
  return runUnitOfWork(deps.db, async (unit) => {
    const known = await deps.subscriptions.findIn(unit, subscription.id);
    const order = await deps.orders.findIn(unit, orderId);
    const payer = await stageLostCustomer(unit, deps, { accountId, provider, customerId });
    if (known) return known;
    if (order && order.walletId !== subscription.id) throw orderNotRebuilt('its order belongs to another wallet');
    deps.subscriptions.createIn(unit, subscription);
    if (!order) deps.orders.createIn(unit, { ...orderFrom(facts), customerId });
    payer.write();
    return subscription;
  });
}

/**
 * Refuses a subscription that differs from the ordered product, currency or price. At Creem anybody can copy our
 * metadata onto a purchase of their own; at Stripe nobody but us writes metadata.
 */
function requireAsOrdered(facts: OrderFacts, { productId, currency, paidInvoices }: SubscriptionTruth): void {
  if (facts.providerProductId !== productId) throw orderNotRebuilt('another product was paid');
  if (facts.currency !== currency) throw orderNotRebuilt('it was paid in another currency');
  const first = paidInvoices.find(({ isFirst }) => isFirst);
  const isOtherAmount = first?.unitAmountMinor !== undefined && first.unitAmountMinor !== facts.unitAmountMinor;
  if (isOtherAmount) throw orderNotRebuilt('another amount was paid');
}
