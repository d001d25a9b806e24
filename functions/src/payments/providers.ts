import type { CheckoutProvider } from './provider.ts';
import type { RefundProvider } from './refundProvider.ts';
import type { SubscriptionProvider } from './subscriptionProvider.ts';

/** Who takes payments. Another one is added here, and below. */
export const PROVIDERS = ['stripe', 'creem'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** What an order or a subscription needs of its provider, whichever it is. */
export interface Provider {
  readonly checkouts: CheckoutProvider;
  readonly refunds: RefundProvider;
  readonly subscriptions: SubscriptionProvider;
}

/** What there is of providers: see Deps. */
interface AllProviders {
  readonly payments: CheckoutProvider;
  readonly refundProvider: RefundProvider;
  readonly subscriptionProvider: SubscriptionProvider;
  readonly creem: Provider;
}

/** The provider of an order or a subscription. A deposit on a chain is there before its order, which asks nothing more. */
export function providerOf(deps: AllProviders, { provider }: { readonly provider: ProviderName | 'usdc' }): Provider {
  if (provider === 'usdc') throw new Error('an order that a deposit paid has nobody to ask');
  if (provider === 'creem') return deps.creem;
  return { checkouts: deps.payments, refunds: deps.refundProvider, subscriptions: deps.subscriptionProvider };
}
