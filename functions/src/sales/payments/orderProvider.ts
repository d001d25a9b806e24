import { PROVIDERS, type ProviderName } from '../../access/accounts/providerName.ts';

/** The `provider` of an order that a deposit on a chain has paid. */
export const DEPOSIT_PROVIDER = 'usdc';

/** All values of an order's `provider`: the payment providers, and deposits. */
export const ORDER_PROVIDERS = [...PROVIDERS, DEPOSIT_PROVIDER] as const;

export type OrderProvider = (typeof ORDER_PROVIDERS)[number];

/**
 * True for an order of a payment provider. False for a deposit, which arrived before its order, so no provider can be
 * asked about it.
 */
export function isAtProvider<T extends { readonly provider: OrderProvider }>(
  order: T,
): order is T & { readonly provider: ProviderName } {
  return order.provider !== DEPOSIT_PROVIDER;
}
