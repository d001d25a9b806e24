import { type Catalog, CURRENCIES } from '../catalog/catalog.ts';
import type { OrderDraft } from '../orders/placeOrder.ts';
import { invalidField } from '../shared/appError.ts';

/** What an order of a pack is about. */
type PackPurchase = Pick<
  OrderDraft,
  'kind' | 'productKey' | 'productName' | 'credits' | 'unitAmountMinor' | 'currency'
>;

/** A pack at its price in a currency. Throws 400 `UNKNOWN_PACK` or `UNKNOWN_CURRENCY`. */
export function packPurchase({ packs }: Catalog, packKey: string, requestedCurrency: string): PackPurchase {
  const pack = packs.find(({ key }) => key === packKey);
  if (!pack) throw invalidField('pack', `has to be one of ${packs.map(({ key }) => key).join(', ')}`, 'UNKNOWN_PACK');
  const sold = CURRENCIES.filter((currency) => pack.unitAmountsMinor[currency] !== undefined);
  const currency = sold.find((candidate) => candidate === requestedCurrency);
  if (!currency) throw invalidField('currency', `has to be one of ${sold.join(', ')}`, 'UNKNOWN_CURRENCY');
  return {
    kind: 'pack',
    productKey: pack.key,
    productName: `${pack.name} pack`,
    credits: pack.credits,
    unitAmountMinor: pack.unitAmountsMinor[currency] as number,
    currency,
  };
}
