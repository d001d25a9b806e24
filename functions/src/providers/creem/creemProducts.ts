import type { Currency } from '../../catalog/currency.ts';
import { creemProductMismatch } from './creem.errors.ts';
import { type CreemProduct, productSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';

/** Creem's minimum for a custom price, in minor units. */
const MIN_CUSTOM_PRICE_MINOR = 100;

/** What an order requires of Creem's product. */
export interface ProductDemand {
  readonly billing: 'onetime' | 'recurring';
  /** The required billing period; null if any period will do. */
  readonly billingPeriod: 'every-month' | 'every-year' | null;
  readonly currency: Currency;
  readonly unitAmountMinor: number;
}

/**
 * Fetches a product from Creem.
 * @throws CREEM_PRODUCT_MISMATCH if it doesn't exist, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export function fetchProduct(client: CreemClient, productId: string): Promise<CreemProduct> {
  const refused = () => creemProductMismatch(productId, 'does not exist');
  return client.get(`/v1/products/${encodeURIComponent(productId)}`, {}, { schema: productSchema, refused });
}

/** Returns why a product can't be sold as ordered; null if it can be sold. */
export function mismatchOf(product: CreemProduct, demand: ProductDemand): string | null {
  if (product.status === 'archived') return 'is archived';
  if (product.billing_type !== demand.billing) return `is ${product.billing_type}, not ${demand.billing}`;
  if (currencyOf(product) !== demand.currency) return `is sold in ${currencyOf(product)}, not ${demand.currency}`;
  if (demand.billingPeriod !== null && product.billing_period !== demand.billingPeriod) {
    return `is billed ${product.billing_period}, not ${demand.billingPeriod}`;
  }
  const isPriced = product.price === demand.unitAmountMinor || mayHaveCustomPrice(demand);
  return isPriced ? null : `costs ${product.price}, not ${demand.unitAmountMinor}`;
}

/** Returns true if the catalog's price can replace the product's price. */
export function mayHaveCustomPrice({ billing, unitAmountMinor }: ProductDemand): boolean {
  return billing === 'onetime' && unitAmountMinor >= MIN_CUSTOM_PRICE_MINOR;
}

/**
 * Throws unless a product can be sold as ordered.
 * @throws CREEM_PRODUCT_MISMATCH, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function requireProduct(client: CreemClient, productId: string, demand: ProductDemand): Promise<void> {
  const mismatch = mismatchOf(await fetchProduct(client, productId), demand);
  if (mismatch) throw creemProductMismatch(productId, mismatch);
}

/** Returns the currency of a Creem object in lower case. */
export function currencyOf({ currency }: { readonly currency: string }): string {
  return currency.toLowerCase();
}
