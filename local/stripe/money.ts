import { StripeError } from './api/stripeError.ts';

/**
 * Smallest amounts that Stripe charges, in minor units
 * (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
 */
const MINIMUM_BY_CURRENCY: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

/** Largest amount that Stripe charges in nearly every currency: eight digits, in minor units. */
const MAXIMUM_AMOUNT = 99_999_999;
const ZERO_DECIMAL_CURRENCIES = new Set(['jpy']);

/**
 * Checks a currency.
 *
 * @param param the request parameter that has the currency, for the error
 * @returns the currency in lower case
 * @throws StripeError when Stripe wouldn't accept the currency
 */
export function parseCurrency(currency: string, param: string): string {
  const lower = currency.toLowerCase();
  if (lower in MINIMUM_BY_CURRENCY) return lower;
  const supported = Object.keys(MINIMUM_BY_CURRENCY).join(', ');
  throw StripeError.invalid(`Invalid currency: ${currency}. Stripe currently supports these currencies: ${supported}`, {
    param,
  });
}

/**
 * Checks that an amount can be charged.
 *
 * @param amountMinor the amount in the currency's minor unit
 * @throws StripeError `amount_too_small` or `amount_too_large`
 */
export function requireChargeable(amountMinor: number, currency: string, param?: string): void {
  const minimum = MINIMUM_BY_CURRENCY[currency] ?? 50;
  if (amountMinor < minimum) {
    throw StripeError.invalid(`Amount must be at least ${formatMoney(minimum, currency)} ${currency}`, {
      code: 'amount_too_small',
      param,
    });
  }
  if (amountMinor > MAXIMUM_AMOUNT) {
    throw StripeError.invalid(`Amount must be no more than ${formatMoney(MAXIMUM_AMOUNT, currency)} ${currency}`, {
      code: 'amount_too_large',
      param,
    });
  }
}

/** Formats an amount for people: `formatMoney(1000, 'usd')` returns `$10.00`. */
export function formatMoney(amountMinor: number, currency: string): string {
  const digits = ZERO_DECIMAL_CURRENCIES.has(currency) ? 0 : 2;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amountMinor / 10 ** digits);
}
