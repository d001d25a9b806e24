import { DEFAULT_PROVIDER, type ProviderName } from '../../access/accounts/providerName.ts';
import { type Catalog, productIdsOfPack } from '../../catalog/catalog.ts';
import { CURRENCIES } from '../../catalog/currency.ts';
import { refusedField } from '../../platform/errors/refusal.ts';
import type { PackProduct, Sale } from '../orders/order.ts';
import { type ProviderChoice, providerChoice } from '../payments/providerChoice.ts';

/** The fields of an order that come from its pack. */
type PackPurchase = PackProduct & Sale & ProviderChoice;

/**
 * Returns a pack with its price in a currency and its product at the provider.
 * @throws UNKNOWN_PACK or UNKNOWN_CURRENCY, CREEM_PRODUCT_MISSING
 */
export function packPurchase(
  { packs }: Catalog,
  packKey: string,
  requestedCurrency: string,
  provider: ProviderName = DEFAULT_PROVIDER,
): PackPurchase {
  const pack = packs.find(({ key }) => key === packKey);
  if (!pack) throw refusedField('UNKNOWN_PACK', 'pack', `must be one of ${packs.map(({ key }) => key).join(', ')}`);
  const sold = CURRENCIES.filter((currency) => pack.unitAmountsMinor[currency] !== undefined);
  const currency = sold.find((candidate) => candidate === requestedCurrency);
  if (!currency) throw refusedField('UNKNOWN_CURRENCY', 'currency', `must be one of ${sold.join(', ')}`);
  return {
    kind: 'pack',
    productKey: pack.key,
    productName: `${pack.name} pack`,
    credits: pack.credits,
    unitAmountMinor: pack.unitAmountsMinor[currency] as number,
    currency,
    ...providerChoice(provider, productIdsOfPack(pack), `The pack ${pack.key}`),
  };
}
