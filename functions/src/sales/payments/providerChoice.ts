import { CAPABILITIES, type ProviderName } from '../../access/accounts/providerName.ts';
import type { ProductIds } from '../../catalog/catalog.ts';
import { creemProductMissing } from './payments.errors.ts';

/** The provider of an order, and the provider's product. */
export interface ProviderChoice {
  readonly provider: ProviderName;
  /** The provider's product; absent where the provider keeps no products of its own. */
  readonly providerProductId?: string;
}

/**
 * Returns the provider fields of an order. Pure.
 * @param productIds the catalog's product ids at providers with products of their own
 * @param what the subject of the error message, such as `The pack starter`
 * @throws CREEM_PRODUCT_MISSING for a product that the provider doesn't sell
 */
export function providerChoice(provider: ProviderName, productIds: ProductIds, what: string): ProviderChoice {
  if (!CAPABILITIES[provider].sellsOwnProducts) return { provider };
  const productId = productIds[provider];
  if (!productId) throw creemProductMissing(what);
  return { provider, providerProductId: productId };
}
