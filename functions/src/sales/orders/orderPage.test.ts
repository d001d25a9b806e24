import { addSeconds } from '@cloud-bridge/base';
import { isOpenFor } from './findOpenOrder.ts';
import { pendingOrder } from './order.fixtures.ts';
import type { Order } from './order.ts';
import { pageEndOf } from './orderPage.ts';

const { createdAt } = pendingOrder;
const discount = { couponCode: 'TEN', amountMinor: 100, promotionCodeId: 'promo_1', isCounted: true };
const withCoupon = { ...pendingOrder, discount };

describe('the closing time of a page', () => {
  it('is left to the provider without a coupon', () => {
    expect(pageEndOf(pendingOrder, createdAt)).toBeNull();
  });

  it('is equal for attempts in the first 30 seconds, and always at least half an hour away', () => {
    const planned = addSeconds(createdAt, 31 * 60);
    expect(pageEndOf(withCoupon, createdAt)).toBe(planned);
    expect(pageEndOf(withCoupon, addSeconds(createdAt, 30))).toBe(planned);
    const later = addSeconds(createdAt, 31);
    expect(pageEndOf(withCoupon, later)).toBe(addSeconds(later, 31 * 60));
  });
});

describe('an open order serves a repeated purchase', () => {
  const checkout = { sessionId: 'cs_1', url: 'https://pay.example/1', expiresAt: addSeconds(createdAt, 60) };
  const open = { ...withCoupon, checkout };

  it('if the order sells the same product with the same coupon', () => {
    expect(isOpenFor(open, withCoupon, createdAt)).toBe(true);
    expect(isOpenFor(withCoupon, withCoupon, createdAt)).toBe(true);
    const rounded = { ...open, discount: { ...discount, amountMinor: 101, promotionCodeId: 'promo_2' } };
    expect(isOpenFor(rounded, withCoupon, createdAt)).toBe(true);
  });

  it.each([
    ['is paid', { status: 'paid', paymentId: 'pi_1', paidAt: createdAt }],
    ['has closed', { checkout: { ...checkout, expiresAt: createdAt } }],
    ['charges a card', { method: 'direct' }],
    ['belongs to another account', { accountId: 'bob' }],
    ['sells another product', { productKey: 'growth' }],
    ['has another price', { unitAmountMinor: 998 }],
    ['returns to another address', { successUrl: 'https://app.example.com/other' }],
    ['has another coupon', { discount: { ...discount, couponCode: 'OTHER' } }],
    ['has another discount', { discount: { ...discount, amountMinor: 200 } }],
  ] as const)('but not if the order %s', (_name, difference) => {
    expect(isOpenFor({ ...open, ...difference } as Order, withCoupon, createdAt)).toBe(false);
  });
});
