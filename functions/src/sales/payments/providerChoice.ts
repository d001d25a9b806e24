import type { ProviderName } from '../../access/accounts/providerName.ts';
import type { Order } from '../orders/order.ts';
import { creemNotConfigured, creemProductMissing } from './payments.errors.ts';

/** Which provider an order is paid through, and what is sold there. */
export type ProviderChoice = Pick<Order, 'provider' | 'providerProductId'>;

/**
 * What an order says of its provider. Pure.
 * @param what names the thing in an error
 * Throws 409 `CREEM_PRODUCT_MISSING` for a thing that isn't sold at Creem.
 */
export function providerChoice(
  provider: ProviderName,
  creemProductId: string | null | undefined,
  what: string,
): ProviderChoice {
  if (provider === 'stripe') return { provider };
  if (!creemProductId) throw creemProductMissing(what);
  return { provider, providerProductId: creemProductId };
}

/** Throws 409 `CREEM_NOT_CONFIGURED` for a provider that this deployment doesn't have. */
export function requireConfigured(
  { config }: { readonly config: { readonly creemApiBaseUrl: string | null } },
  provider: ProviderName,
): void {
  if (provider === 'creem' && config.creemApiBaseUrl === null) throw creemNotConfigured();
}
