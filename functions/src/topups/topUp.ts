import { type Catalog, CURRENCIES, type Currency } from '../catalog/catalog.ts';
import { invalidField } from '../shared/appError.ts';
import { assertNonNegative } from '../shared/credits.ts';
import { minorUnitsOf, renderPrice } from '../shared/money.ts';

/** What a top-up comes to. */
interface TopUpProduct {
  readonly credits: number;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

/**
 * What an amount of money buys by the catalog's rate; fractions of a credit are dropped.
 * @param amount dollars, euros or pounds, with at most two decimals
 * Throws 400 `UNKNOWN_CURRENCY`, or `AMOUNT_TOO_SMALL` below the catalog's minimum.
 */
export function topUpOf({ topUp }: Catalog, amount: number, requestedCurrency: string): TopUpProduct {
  const sold = CURRENCIES.filter((currency) => topUp.minimumAmountsMinor[currency] !== undefined);
  const currency = sold.find((candidate) => candidate === requestedCurrency);
  if (!currency) throw invalidField('currency', `has to be one of ${sold.join(', ')}`, 'UNKNOWN_CURRENCY');
  const unitAmountMinor = minorUnitsOf(amount);
  if (unitAmountMinor === null) throw invalidField('amount', 'may have at most two decimals');
  const bought = topUpFor({ topUp }, unitAmountMinor, currency);
  if (bought) return bought;
  const { formatted } = renderPrice(topUp.minimumAmountsMinor[currency] as number, currency);
  throw invalidField('amount', `has to be at least ${formatted}`, 'AMOUNT_TOO_SMALL');
}

/** The same for an amount in the smallest unit of a currency; null when that isn't sold, or buys nothing. */
export function topUpFor(
  { topUp }: Pick<Catalog, 'topUp'>,
  unitAmountMinor: number,
  currency: Currency,
): TopUpProduct | null {
  const minimumMinor = topUp.minimumAmountsMinor[currency] ?? Number.POSITIVE_INFINITY;
  const credits = creditsFor(unitAmountMinor, topUp.creditsPerMajorUnit[currency] ?? 0);
  return unitAmountMinor < minimumMinor || credits < 1 ? null : { credits, unitAmountMinor, currency };
}

/** Exact at any rate: the product of both may be more than a safe integer. */
function creditsFor(unitAmountMinor: number, creditsPerMajorUnit: number): number {
  const credits = (BigInt(unitAmountMinor) * BigInt(creditsPerMajorUnit)) / 100n;
  return assertNonNegative(Number(credits), 'credits');
}
