import { BUILT_IN_CATALOGS } from './builtInCatalogs.ts';
import { requireTopUpForMicros, topUpOf } from './topUp.ts';

const catalog = BUILT_IN_CATALOGS['cloud-bridge'];

it.each([
  [10, 'usd', 1_000, 100],
  [50, 'usd', 5_000, 500],
  [10.55, 'usd', 1_055, 105],
  [10.09, 'usd', 1_009, 100],
  [12.5, 'gbp', 1_250, 150],
  [999_999.99, 'eur', 99_999_999, 9_999_999],
])('%s %s are %s minor units and buy %s credits', (amount, currency, unitAmountMinor, credits) => {
  expect(topUpOf(catalog, amount, currency)).toEqual({ credits, unitAmountMinor, currency });
});

it('is exact even if the product of amount and rate is not a safe integer', () => {
  const topUp = { minimumAmountsMinor: { usd: 1 }, creditsPerMajorUnit: { usd: 9_000_000_000 } };
  expect(topUpOf({ ...catalog, topUp }, 999_999.99, 'usd').credits).toBe(8_999_999_910_000_000);
});

it.each([
  ['less than the minimum', 9.99, 'usd', 'AMOUNT_TOO_SMALL'],
  ['a third decimal', 10.001, 'usd', 'INVALID_REQUEST'],
  ['a currency that is not sold', 10, 'chf', 'UNKNOWN_CURRENCY'],
  ['the name of a property that every object has', 10, 'constructor', 'UNKNOWN_CURRENCY'],
])('refuses %s', (_name, amount, currency, code) => {
  expect(() => topUpOf(catalog, amount, currency)).toThrow(expect.objectContaining({ code }));
});

it('refuses an amount that buys less than one credit', () => {
  const topUp = { minimumAmountsMinor: { usd: 1 }, creditsPerMajorUnit: { usd: 1 } };
  expect(() => topUpOf({ ...catalog, topUp }, 0.99, 'usd')).toThrow(
    expect.objectContaining({ code: 'AMOUNT_TOO_SMALL' }),
  );
});

describe('USDC', () => {
  it.each([
    [10_000_000, 1_000, 100],
    [10_099_999, 1_009, 100],
    [10_100_000, 1_010, 101],
    [1_000_000_000_000_000, 100_000_000_000, 10_000_000_000],
  ])('%s millionths are %s cents and buy %s credits', (amountMicros, unitAmountMinor, credits) => {
    expect(requireTopUpForMicros(catalog, amountMicros)).toEqual({ credits, unitAmountMinor, currency: 'usd' });
  });

  it('counts fractions of a cent for the credits, which are rounded down once', () => {
    const { credits } = requireTopUpForMicros(BUILT_IN_CATALOGS.passthrough, 10_009_999);
    expect(credits).toBe(950_949);
  });

  it.each([
    ['less than the minimum', 9_999_999, catalog, 'AMOUNT_TOO_SMALL'],
    [
      'dollars if top-ups are not sold in dollars',
      10_000_000,
      { topUp: { minimumAmountsMinor: {}, creditsPerMajorUnit: {} } },
      'UNKNOWN_CURRENCY',
    ],
  ])('refuses %s', (_name, amountMicros, sold, code) => {
    expect(() => requireTopUpForMicros(sold, amountMicros)).toThrow(expect.objectContaining({ code }));
  });
});
