import { type AppError, assertNonNegative, invalidField } from '@cloud-bridge/base';
import { refusedField } from '../platform/errors/refusal.ts';
import type { Catalog } from './catalog.ts';
import { CURRENCIES, type Currency } from './currency.ts';
import { minorUnitsOf, renderPrice } from './money.ts';

/** The credits that a top-up buys, and its price. */
interface TopUpProduct {
  readonly credits: number;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

/**
 * Returns the credits that an amount of money buys at the catalog's rate, rounded down.
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

/**
 * Returns the credits that an amount in the smallest unit of a currency buys; null if top-ups aren't sold in that
 * currency, or the amount is below the minimum or buys less than one credit.
 */
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
 * Returns the credits that an amount of USDC buys, counted as US dollars. Credits are computed from the whole amount
 * and rounded down once; the price is rounded down to cents.
 * @param amountMicros millionths of a dollar
 * @throws AMOUNT_TOO_SMALL, UNKNOWN_CURRENCY
 */
export function requireTopUpForMicros({ topUp }: Pick<Catalog, 'topUp'>, amountMicros: number): TopUpProduct {
  const bought = topUpForMicros({ topUp }, amountMicros);
  if (bought) return bought;
  if (topUp.minimumAmountsMinor.usd !== undefined) throw amountTooSmall(topUp, 'usd');
  throw refusedField('UNKNOWN_CURRENCY', 'amount', 'must not be in dollars');
}

/** Like {@link requireTopUpForMicros}; null if top-ups aren't sold in dollars, or the amount is too small. */
export function topUpForMicros({ topUp }: Pick<Catalog, 'topUp'>, amountMicros: number): TopUpProduct | null {
  const minimumMinor = topUp.minimumAmountsMinor.usd ?? Number.POSITIVE_INFINITY;
  const unitAmountMinor = Number(BigInt(amountMicros) / 10_000n);
  const credits = creditsFor(amountMicros, 1_000_000, topUp.creditsPerMajorUnit.usd ?? 0);
  return unitAmountMinor < minimumMinor || credits < 1 ? null : { credits, unitAmountMinor, currency: 'usd' };
}

/** Computes with BigInt, because the product of amount and rate may exceed a safe integer. */
function creditsFor(amount: number, partsPerMajorUnit: number, creditsPerMajorUnit: number): number {
  const credits = (BigInt(amount) * BigInt(creditsPerMajorUnit)) / BigInt(partsPerMajorUnit);
  return assertNonNegative(Number(credits), 'credits');
}
