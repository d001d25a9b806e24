import * as z from 'zod';
import { type Currency, currencySchema } from './currency.ts';

export const priceSchema = z
  .object({
    unitAmountMinor: z
      .int()
      .min(0)
      .meta({ description: 'The amount in the smallest unit of the currency, such as cents.' }),
    currency: currencySchema,
    formatted: z.string().meta({ example: '$9.99' }),
  })
  .meta({ id: 'Price' });
export type Price = z.infer<typeof priceSchema>;

/** The providers' limit of one payment, in the smallest unit of the currency. */
const MAX_AMOUNT_MINOR = 99_999_999;

/** An amount of money in a request, in dollars, euros or pounds. */
export const majorAmountSchema = z
  .number()
  .positive()
  .max(MAX_AMOUNT_MINOR / 100)
  .refine((amount) => minorUnitsOf(amount) !== null, { message: 'must have at most two decimals' })
  .meta({
    description: 'The amount in dollars, euros or pounds, with at most two decimals: 10.5 is 10.50.',
    example: 50,
  });

/**
 * Converts an amount in dollars, euros or pounds to cents or pence; null if it has more than two decimals. Reads the
 * number's decimal text, so that nothing is rounded.
 */
export function minorUnitsOf(amount: number): number | null {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(String(amount)) ?? [];
  return whole === undefined ? null : Number(`${whole}${decimals.padEnd(2, '0')}`);
}

/** Renders a price for clients: the exact amount, and a formatted one. All currencies sold here have two decimals. */
export function renderPrice(unitAmountMinor: number, currency: Currency): Price {
  // Intl formats a decimal text exactly; a float could be inexact.
  const minor = String(unitAmountMinor).padStart(3, '0');
  const decimal = `${minor.slice(0, -2)}.${minor.slice(-2)}` as `${number}`;
  const formatted = new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(decimal);
  return { unitAmountMinor, currency, formatted };
}
