import { assertNotEnded, type DiscountedProduct, discountMinor, normalizeCode } from './coupon.ts';
import { couponNotApplicable, couponNotFound } from './coupons.errors.ts';
import { limitAttempts } from './limitAttempts.ts';
import type { CouponsNeeds } from './needs.ts';
import type { OrderDiscount } from './orderDiscount.ts';

/**
 * Returns the discount of a code on a product that an account is about to order. The use is counted later, with the
 * order.
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
  // The commit that counts the use checks the limits. Here, the order of an earlier try may have taken the last use.
  assertNotEnded(coupon, deps.clock());
  const amountMinor = discountMinor(coupon, product);
  if (!coupon.provider) throw couponNotApplicable('It has not been set up completely.');
  const { promotionCodeId } = coupon.provider;
  return { couponCode: coupon.id, amountMinor, promotionCodeId, isCounted: true };
}
