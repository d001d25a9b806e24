import type { Currency } from '../../catalog/currency.ts';
import { creemProductMismatch } from './creem.errors.ts';
import { type CreemProduct, productSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';

/** Creem takes no price of our own below this. */
const MIN_CUSTOM_PRICE_MINOR = 100;

/** What has to be true of a product for what is ordered with it. */
export interface ProductDemand {
  readonly billing: 'onetime' | 'recurring';
  /** How long a period has to be; null where it doesn't matter. */
  readonly billingPeriod: 'every-month' | 'every-year' | null;
  readonly currency: Currency;
  readonly unitAmountMinor: number;
}

/**
 * A product as Creem has it now.
 * @throws CREEM_PRODUCT_MISMATCH when there is none, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export function fetchProduct(client: CreemClient, productId: string): Promise<CreemProduct> {
  const refused = () => creemProductMismatch(productId, 'does not exist');
  return client.get(`/v1/products/${encodeURIComponent(productId)}`, {}, { schema: productSchema, refused });
}

/** Why a product can't be sold as ordered; null when it can. Pure. */
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

/** Whether the catalog's price can stand in for the product's own. Pure. */
export function mayHaveCustomPrice({ billing, unitAmountMinor }: ProductDemand): boolean {
  return billing === 'onetime' && unitAmountMinor >= MIN_CUSTOM_PRICE_MINOR;
}

/**
 * The product, if it can be sold as ordered.
 * @throws CREEM_PRODUCT_MISMATCH, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function requireProduct(client: CreemClient, productId: string, demand: ProductDemand): Promise<void> {
  const mismatch = mismatchOf(await fetchProduct(client, productId), demand);
  if (mismatch) throw creemProductMismatch(productId, mismatch);
}

/** The currency of something of Creem's, as it is written here. */
export function currencyOf({ currency }: { readonly currency: string }): string {
  return currency.toLowerCase();
}
