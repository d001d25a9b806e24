import fc from 'fast-check';
import { assertUsable, type Coupon, couponStatus, type DiscountedProduct, discountMinor } from './coupon.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const coupon = (fields: Partial<Coupon> = {}): Coupon => ({
  id: 'SPRING',
  name: null,
  benefit: { type: 'percent', percentOff: 25 },
  packs: null,
  plans: null,
  maxRedemptions: null,
  maxRedemptionsPerAccount: 1,
  redemptions: 0,
  expiresAt: null,
  disabledAt: null,
  provider: null,
  createdBy: 'admin',
  createdAt: '2026-01-01T00:00:00.000Z',
  requestHash: 'hash',
  ...fields,
});
const starter: DiscountedProduct = { kind: 'pack', key: 'starter', unitAmountMinor: 999, currency: 'usd' };
const code = (expected: string) => expect.objectContaining({ code: expected });

it.each([
  [{ type: 'percent', percentOff: 25 }, 250],
  [{ type: 'percent', percentOff: 50 }, 500],
  [{ type: 'percent', percentOff: 100 }, 999],
  [{ type: 'percent', percentOff: 1 }, 10],
  [{ type: 'amount', amountsOffMinor: { usd: 300 } }, 300],
  [{ type: 'amount', amountsOffMinor: { usd: 949 } }, 949],
  [{ type: 'amount', amountsOffMinor: { usd: 5_000 } }, 999],
] as const)('%j takes off %d of 999', (benefit, discount) => {
  expect(discountMinor(coupon({ benefit }), starter)).toBe(discount);
});

it.each([
  ['that gives credits', { benefit: { type: 'credits', credits: 5, creditsExpireAfterDays: null } }],
  ['for another currency', { benefit: { type: 'amount', amountsOffMinor: { eur: 300 } } }],
  ['for another pack', { packs: ['growth'] }],
  ['that leaves too little to charge', { benefit: { type: 'amount', amountsOffMinor: { usd: 950 } } }],
] as const)('a coupon %s is not applicable', (_name, fields) => {
  expect(() => discountMinor(coupon(fields as Partial<Coupon>), starter)).toThrow(code('COUPON_NOT_APPLICABLE'));
});

it('a percentage off is rounded to the nearest cent, and never exceeds the price', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 99_999_999 }), fc.integer({ min: 1, max: 100 }), (amount, percentOff) => {
      const product = { ...starter, unitAmountMinor: amount };
      fc.pre(percentOff === 100 || amount - Math.round((amount * percentOff) / 100) >= 51);
      const discount = discountMinor(coupon({ benefit: { type: 'percent', percentOff } }), product);
      expect(Number.isSafeInteger(discount)).toBe(true);
      expect(discount).toBeLessThanOrEqual(amount);
      expect(Math.abs(discount * 100 - amount * percentOff)).toBeLessThanOrEqual(50);
    }),
  );
});

it.each([
  [{}, 0, null],
  [{ maxRedemptionsPerAccount: null }, 9, null],
  [{ maxRedemptions: 3, redemptions: 2 }, 0, null],
  [{ expiresAt: '2026-01-02T00:00:00.001Z' }, 0, null],
  [{}, 1, 'COUPON_ALREADY_USED'],
  [{ maxRedemptionsPerAccount: 2 }, 2, 'COUPON_ALREADY_USED'],
  [{ maxRedemptions: 3, redemptions: 3 }, 0, 'COUPON_USED_UP'],
  [{ expiresAt: NOW }, 0, 'COUPON_EXPIRED'],
  [{ disabledAt: NOW }, 0, 'COUPON_NOT_FOUND'],
] as const)('the error for %j after %d uses by the account is %s', (fields, uses, refusal) => {
  const attempt = () => assertUsable(coupon(fields), uses, NOW);
  if (refusal === null) expect(attempt).not.toThrow();
  else expect(attempt).toThrow(code(refusal));
});

it.each([
  ['active', {}],
  ['disabled', { disabledAt: NOW, expiresAt: NOW }],
  ['expired', { expiresAt: NOW }],
  ['used_up', { maxRedemptions: 1, redemptions: 1 }],
] as const)('a coupon is %s with %j', (status, fields) => {
  expect(couponStatus(coupon(fields), NOW)).toBe(status);
});
