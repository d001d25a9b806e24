import * as z from 'zod';
import { type Currency, currencySchema } from '../catalog/catalog.ts';

export const priceSchema = z
  .object({
    unitAmountMinor: z.int().min(0).meta({ description: 'In the smallest unit of the currency, such as cents.' }),
    currency: currencySchema,
    formatted: z.string().meta({ example: '$9.99' }),
  })
  .meta({ id: 'Price' });
export type Price = z.infer<typeof priceSchema>;

/** The most that a provider takes in one payment, in the smallest unit of the currency. */
const MAX_AMOUNT_MINOR = 99_999_999;

/** An amount of money in a request, in dollars, euros or pounds. */
export const majorAmountSchema = z
  .number()
  .positive()
  .max(MAX_AMOUNT_MINOR / 100)
  .refine((amount) => minorUnitsOf(amount) !== null, { message: 'must have at most two decimals' })
  .meta({ description: 'In dollars, euros or pounds, with at most two decimals: 10.5 is 10.50.', example: 50 });

/**
 * An amount in dollars, euros or pounds as cents or pence; null when it has more than two decimals.
 * Read from the number's own decimal text, so that nothing is rounded.
 */
export function minorUnitsOf(amount: number): number | null {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(String(amount)) ?? [];
  return whole === undefined ? null : Number(`${whole}${decimals.padEnd(2, '0')}`);
}

/** A price as clients get it: the exact figure, and one to show. All currencies sold here have two decimals. */
export function renderPrice(unitAmountMinor: number, currency: Currency): Price {
  // The decimal is given as text, because Intl formats that exactly and no float has to be made.
  const minor = String(unitAmountMinor).padStart(3, '0');
  const decimal = `${minor.slice(0, -2)}.${minor.slice(-2)}` as `${number}`;
  const formatted = new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(decimal);
  return { unitAmountMinor, currency, formatted };
}
