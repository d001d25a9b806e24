import { assertNotEnded, type DiscountedProduct, discountMinor, normalizeCode } from './coupon.ts';
import { couponNotApplicable, couponNotFound } from './coupons.errors.ts';
import { limitAttempts } from './limitAttempts.ts';
import type { CouponsNeeds } from './needs.ts';
import type { OrderDiscount } from './orderDiscount.ts';

/**
 * What a code takes off a product for an account that is about to order it; nothing is counted yet: that happens with
 * the order.
 * @throws COUPON_NOT_FOUND, COUPON_EXPIRED, COUPON_NOT_APPLICABLE, RATE_LIMITED
 */
export async function discountFor(
  deps: CouponsNeeds,
  accountId: string,
  code: string,
  product: DiscountedProduct,
): Promise<OrderDiscount> {
  await limitAttempts(deps, accountId);
  const coupon = await deps.coupons.find(normalizeCode(code));
  if (!coupon) throw couponNotFound();
  // Its limits are a matter of the commit that counts the use: here the same order may just have taken the last one.
  assertNotEnded(coupon, deps.clock());
  const amountMinor = discountMinor(coupon, product);
  if (!coupon.provider) throw couponNotApplicable('It has not been set up completely.');
  const { promotionCodeId } = coupon.provider;
  return { couponCode: coupon.id, amountMinor, promotionCodeId, isCounted: true };
}
