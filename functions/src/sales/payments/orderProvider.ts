import { PROVIDERS, type ProviderName } from '../../access/accounts/providerName.ts';

/** Stands where an order names its provider, for an order that a deposit on a chain has paid. */
export const DEPOSIT_PROVIDER = 'usdc';

/** Who takes the payment of an order. */
export const ORDER_PROVIDERS = [...PROVIDERS, DEPOSIT_PROVIDER] as const;

export type OrderProvider = (typeof ORDER_PROVIDERS)[number];

/** False for a deposit, which was there before its order: there is no provider that could be asked about the order. */
export function isAtProvider<T extends { readonly provider: OrderProvider }>(
  order: T,
): order is T & { readonly provider: ProviderName } {
  return order.provider !== DEPOSIT_PROVIDER;
}
