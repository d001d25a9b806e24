import { MAX_QUANTITY, priceOf } from './price.ts';

const catalog = { operations: { follow: 3, presetList: 0, dear: Number.MAX_SAFE_INTEGER } };

it('multiplies the price of one by the quantity', () => {
  expect(priceOf(catalog, 'follow', 7)).toBe(21);
  expect(priceOf(catalog, 'presetList', MAX_QUANTITY)).toBe(0);
});

it.each(['unknown', '__proto__', 'constructor', 'toString', ''])('never gives %j away for free', (operation) => {
  expect(() => priceOf(catalog, operation, 1)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPERATION' }));
});

it('refuses a price that would not be exact', () => {
  expect(() => priceOf(catalog, 'dear', 2)).toThrow(expect.objectContaining({ code: 'PRICE_OUT_OF_RANGE' }));
});
