import { isAtProvider, type OrderProvider } from './orderProvider.ts';
import type { CheckoutProvider } from './paymentProvider.ts';
import type { RefundProvider } from './refundProvider.ts';
import type { SubscriptionProvider } from './subscriptionProvider.ts';

/** What an order or a subscription needs of its provider, whichever it is. */
export interface Provider {
  readonly checkouts: CheckoutProvider;
  readonly refunds: RefundProvider;
  readonly subscriptions: SubscriptionProvider;
}

/** Stripe by its parts, and Creem. */
interface AllProviders {
  readonly payments: CheckoutProvider;
  readonly refundProvider: RefundProvider;
  readonly subscriptionProvider: SubscriptionProvider;
  readonly creem: Provider;
}

/**
 * The provider of an order or a subscription. A deposit on a chain is there before its order, which asks nothing more.
 */
export function providerOf(deps: AllProviders, order: { readonly provider: OrderProvider }): Provider {
  if (!isAtProvider(order)) throw new Error('an order that a deposit paid has nobody to ask');
  const { provider } = order;
  if (provider === 'creem') return deps.creem;
  return { checkouts: deps.payments, refunds: deps.refundProvider, subscriptions: deps.subscriptionProvider };
}
