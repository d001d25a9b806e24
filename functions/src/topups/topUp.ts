import { type Catalog, CURRENCIES, type Currency } from '../catalog/catalog.ts';
import { invalidField } from '../shared/appError.ts';
import { assertNonNegative } from '../shared/credits.ts';
import { minorUnitsOf, renderPrice } from '../shared/money.ts';

/** What a top-up comes to. */
export interface TopUpProduct {
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
  const minimumMinor = topUp.minimumAmountsMinor[currency] as number;
  const credits = creditsFor(unitAmountMinor, topUp.creditsPerMajorUnit[currency] ?? 0);
  if (unitAmountMinor < minimumMinor || credits < 1) {
    throw invalidField(
      'amount',
      `has to be at least ${renderPrice(minimumMinor, currency).formatted}`,
      'AMOUNT_TOO_SMALL',
    );
  }
  return { credits, unitAmountMinor, currency };
}

/** Exact at any rate: the product of both may be more than a safe integer. */
function creditsFor(unitAmountMinor: number, creditsPerMajorUnit: number): number {
  const credits = (BigInt(unitAmountMinor) * BigInt(creditsPerMajorUnit)) / 100n;
  return assertNonNegative(Number(credits), 'credits');
}
