import { renderPrice } from './money.ts';

it.each([
  [999, 'usd', '$9.99'],
  [16999, 'gbp', '£169.99'],
  [5, 'eur', '€0.05'],
  [123456789, 'usd', '$1,234,567.89'],
] as const)('shows %i minor units of %s as %s', (unitAmountMinor, currency, formatted) => {
  expect(renderPrice(unitAmountMinor, currency)).toEqual({ unitAmountMinor, currency, formatted });
});
