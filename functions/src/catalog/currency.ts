import * as z from 'zod';

export const CURRENCIES = ['usd', 'eur', 'gbp'] as const;

export const currencySchema = z.enum(CURRENCIES);

export type Currency = z.infer<typeof currencySchema>;
