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

/** A price as clients get it: the exact figure, and one to show. All currencies sold here have two decimals. */
export function renderPrice(unitAmountMinor: number, currency: Currency): Price {
  // The decimal is given as text, because Intl formats that exactly and no float has to be made.
  const minor = String(unitAmountMinor).padStart(3, '0');
  const decimal = `${minor.slice(0, -2)}.${minor.slice(-2)}` as `${number}`;
  const formatted = new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(decimal);
  return { unitAmountMinor, currency, formatted };
}
