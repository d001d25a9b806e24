import { BUILT_IN_CATALOGS } from '../builtInCatalogs.ts';
import { MAX_QUANTITY, priceOf } from './price.ts';
import { MAX_TOKENS, tokenPriceOf } from './tokenPrice.ts';

const catalog = {
  ...BUILT_IN_CATALOGS['cloud-bridge'],
  operations: { follow: 3, presetList: 0, dear: Number.MAX_SAFE_INTEGER },
};

describe('the price of an operation', () => {
  it('is the unit price times the quantity', () => {
    expect(priceOf(catalog, { operation: 'follow', quantity: 7 })).toBe(21);
    expect(priceOf(catalog, { operation: 'presetList', quantity: MAX_QUANTITY })).toBe(0);
  });

  it.each(['unknown', '__proto__', 'constructor', 'toString', ''])('is refused, not free, for %j', (operation) => {
    expect(() => priceOf(catalog, { operation, quantity: 1 })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPERATION' }),
    );
  });

  it('is refused if it would not be exact', () => {
    expect(() => priceOf(catalog, { operation: 'dear', quantity: 2 })).toThrow(
      expect.objectContaining({ code: 'PRICE_OUT_OF_RANGE' }),
    );
  });

  it('refuses usage of tokens', () => {
    const usage = { tier: 'core', inputTokens: 1, outputTokens: 1 };
    expect(() => priceOf(catalog, { operation: 'follow', quantity: 1, usage })).toThrow('usage');
  });
});

describe('the price of tokens', () => {
  it.each([
    ['core', 1000, 1000, 3],
    ['pro', 1000, 1000, 9],
    ['ultra', 1000, 1000, 24],
    ['core', 1, 0, 1],
    ['core', 0, 0, 0],
    ['ultra', 125, 0, 1],
    ['ultra', 126, 0, 2],
    ['pro', 333, 1, 2],
  ])('of tier %s for %i in and %i out is %i, rounded up once', (tier, inputTokens, outputTokens, credits) => {
    expect(tokenPriceOf(catalog, { tier, inputTokens, outputTokens })).toBe(credits);
  });

  it("is the price of the model's tier", () => {
    const usage = { model: 'claude-opus', inputTokens: 1000, outputTokens: 0 };
    expect(priceOf(catalog, { operation: 'completion', quantity: 1, usage })).toBe(8);
  });

  it('is exact up to the largest usage', () => {
    expect(tokenPriceOf(catalog, { tier: 'ultra', inputTokens: MAX_TOKENS, outputTokens: MAX_TOKENS })).toBe(
      24_000_000,
    );
    expect(() => tokenPriceOf(catalog, { tier: 'ultra', inputTokens: MAX_TOKENS, outputTokens: 0 }, 10 ** 12)).toThrow(
      expect.objectContaining({ code: 'PRICE_OUT_OF_RANGE' }),
    );
  });

  it.each([
    [{ model: 'unknown' }, 'UNKNOWN_MODEL'],
    [{ model: '__proto__' }, 'UNKNOWN_MODEL'],
    [{}, 'UNKNOWN_MODEL'],
    [{ tier: 'toString' }, 'UNKNOWN_TIER'],
  ])('is refused, not free, for %j', (named, code) => {
    expect(() => tokenPriceOf(catalog, { ...named, inputTokens: 1, outputTokens: 1 })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('requires the usage: missing usage is refused, zero usage is free', () => {
    expect(() => priceOf(catalog, { operation: 'completion', quantity: 1 })).toThrow('usage');
    const usage = { tier: 'core', inputTokens: 0, outputTokens: 0 };
    expect(priceOf(catalog, { operation: 'completion', quantity: 1, usage })).toBe(0);
  });
});
