import type { Catalog } from '../../catalog/catalog.ts';
import { topUpFor } from '../../catalog/topUp.ts';
import type { PackProduct, Sale, TopUpProduct } from '../orders/order.ts';
import type { AutoTopUpRule } from './autoTopUp.ts';

/** The product and price of an automatic top-up's order. */
type AutoTopUpPurchase = (PackProduct | TopUpProduct) & Sale;

/** Returns the product that a rule buys, at the catalog's current price; null if it isn't sold. */
export function purchaseOf(catalog: Catalog, { product, currency }: AutoTopUpRule): AutoTopUpPurchase | null {
  if (product.type === 'amount') {
    const topUp = topUpFor(catalog, product.unitAmountMinor, currency);
    return topUp && { kind: 'topup', productKey: null, productName: 'Automatic top-up', ...topUp };
  }
  const pack = catalog.packs.find(({ key }) => key === product.key);
  const unitAmountMinor = pack?.unitAmountsMinor[currency];
  if (!pack || unitAmountMinor === undefined) return null;
  const { key: productKey, name, credits } = pack;
  return { kind: 'pack', productKey, productName: `${name} pack`, credits, unitAmountMinor, currency };
}
