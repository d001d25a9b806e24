import { type AppError, assertNonNegative, invalidField } from '@cloud-bridge/base';
import { refusedField } from '../platform/errors/refusal.ts';
import type { Catalog } from './catalog.ts';
import { CURRENCIES, type Currency } from './currency.ts';
import { minorUnitsOf, renderPrice } from './money.ts';

/** What a top-up comes to. */
interface TopUpProduct {
  readonly credits: number;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

/**
 * What an amount of money buys by the catalog's rate; fractions of a credit are dropped.
 * @param amount dollars, euros or pounds, with at most two decimals
 * @throws AMOUNT_TOO_SMALL, INVALID_REQUEST, UNKNOWN_CURRENCY
 */
export function topUpOf({ topUp }: Catalog, amount: number, requestedCurrency: string): TopUpProduct {
  const sold = CURRENCIES.filter((currency) => topUp.minimumAmountsMinor[currency] !== undefined);
  const currency = sold.find((candidate) => candidate === requestedCurrency);
  if (!currency) throw refusedField('UNKNOWN_CURRENCY', 'currency', `must be one of ${sold.join(', ')}`);
  const unitAmountMinor = minorUnitsOf(amount);
  if (unitAmountMinor === null) throw invalidField('amount', 'must have at most two decimals');
  const bought = topUpFor({ topUp }, unitAmountMinor, currency);
  if (bought) return bought;
  throw amountTooSmall(topUp, currency);
}

function amountTooSmall({ minimumAmountsMinor }: Catalog['topUp'], currency: Currency): AppError {
  const { formatted } = renderPrice(minimumAmountsMinor[currency] as number, currency);
  return refusedField('AMOUNT_TOO_SMALL', 'amount', `must be at least ${formatted}`);
}

/** The same for an amount in the smallest unit of a currency; null when that isn't sold, or buys nothing. */
export function topUpFor(
  { topUp }: Pick<Catalog, 'topUp'>,
  unitAmountMinor: number,
  currency: Currency,
): TopUpProduct | null {
  const minimumMinor = topUp.minimumAmountsMinor[currency] ?? Number.POSITIVE_INFINITY;
  const credits = creditsFor(unitAmountMinor, 100, topUp.creditsPerMajorUnit[currency] ?? 0);
  return unitAmountMinor < minimumMinor || credits < 1 ? null : { credits, unitAmountMinor, currency };
}

/**
 * The same for an amount of USDC, which is taken for as many US dollars. Credits are counted from the whole amount and
 * rounded down once; of the price, fractions of a cent are dropped.
 * @param amountMicros in millionths of a dollar
 * @throws AMOUNT_TOO_SMALL, UNKNOWN_CURRENCY
 */
export function requireTopUpForMicros({ topUp }: Pick<Catalog, 'topUp'>, amountMicros: number): TopUpProduct {
  const bought = topUpForMicros({ topUp }, amountMicros);
  if (bought) return bought;
  if (topUp.minimumAmountsMinor.usd !== undefined) throw amountTooSmall(topUp, 'usd');
  throw refusedField('UNKNOWN_CURRENCY', 'amount', 'must not be in dollars');
}

/** The same; null where dollars aren't sold, and for too small an amount. */
export function topUpForMicros({ topUp }: Pick<Catalog, 'topUp'>, amountMicros: number): TopUpProduct | null {
  const minimumMinor = topUp.minimumAmountsMinor.usd ?? Number.POSITIVE_INFINITY;
  const unitAmountMinor = Number(BigInt(amountMicros) / 10_000n);
  const credits = creditsFor(amountMicros, 1_000_000, topUp.creditsPerMajorUnit.usd ?? 0);
  return unitAmountMinor < minimumMinor || credits < 1 ? null : { credits, unitAmountMinor, currency: 'usd' };
}

/** Exact at any rate: the product of both may be more than a safe integer. */
function creditsFor(amount: number, partsPerMajorUnit: number, creditsPerMajorUnit: number): number {
  const credits = (BigInt(amount) * BigInt(creditsPerMajorUnit)) / BigInt(partsPerMajorUnit);
  return assertNonNegative(Number(credits), 'credits');
}
