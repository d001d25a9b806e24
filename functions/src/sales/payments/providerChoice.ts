import { CAPABILITIES, type ProviderName } from '../../access/accounts/providerName.ts';
import type { ProductIds } from '../../catalog/catalog.ts';
import { creemProductMissing } from './payments.errors.ts';

/** Which provider an order is paid through, and what is sold there. */
export interface ProviderChoice {
  readonly provider: ProviderName;
  /** Only where the provider keeps products of its own. */
  readonly providerProductId?: string;
}

/**
 * What an order says of its provider. Pure.
 * @param productIds what the catalog says that the thing is at providers with products of their own
 * @param what names the thing in an error
 * @throws CREEM_PRODUCT_MISSING for a thing that isn't sold at a provider with products of its own
 */
export function providerChoice(provider: ProviderName, productIds: ProductIds, what: string): ProviderChoice {
  if (!CAPABILITIES[provider].sellsOwnProducts) return { provider };
  const productId = productIds[provider];
  if (!productId) throw creemProductMissing(what);
  return { provider, providerProductId: productId };
}
