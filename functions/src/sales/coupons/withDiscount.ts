import { runUnitOfWork } from '@cloud-bridge/base';
import { isLost } from '../payments/payments.errors.ts';
import { defaultProvider } from '../payments/providers.ts';
import { couponNotFound } from './coupons.errors.ts';
import type { CouponsNeeds } from './needs.ts';
import type { OrderDiscount } from './orderDiscount.ts';

/**
 * Calls `use` with an order's discount. If the discount was deleted or ended at the provider, creates it there again
 * and calls `use` a second time, because only `/admin/coupons/:id/disable` ends a coupon.
 * @throws COUPON_NOT_FOUND for a coupon that was disabled meanwhile
 */
export async function withDiscount<T>(
  deps: CouponsNeeds,
  discount: OrderDiscount | undefined,
  use: (discount: OrderDiscount | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await use(discount);
  } catch (error) {
    if (!discount || !isLost(error, 'discount')) throw error;
    const promotionCodeId = await replaceDiscount(deps, discount);
    // The provider still has this discount, so it refused the call for another reason.
    if (promotionCodeId === discount.promotionCodeId) throw error;
    return use({ ...discount, promotionCodeId });
  }
}

async function replaceDiscount(
  deps: CouponsNeeds,
  { couponCode, promotionCodeId: lostId }: OrderDiscount,
): Promise<string> {
  const coupon = await deps.coupons.find(couponCode);
  if (!coupon || coupon.disabledAt !== null || coupon.benefit.type === 'credits') throw couponNotFound();
  if (coupon.provider && coupon.provider.promotionCodeId !== lostId) return coupon.provider.promotionCodeId;
  deps.logger.warn('a discount was gone at the provider and is made again', { couponCode, promotionCodeId: lostId });
  const { name, benefit } = coupon;
  const provider = await defaultProvider(deps).discounts.createDiscount({ code: couponCode, name, benefit });
  return runUnitOfWork(deps.db, async (unit) => {
    const current = await deps.coupons.findIn(unit, couponCode);
    if (!current) throw couponNotFound();
    if (current.provider && current.provider.promotionCodeId !== lostId) return current.provider.promotionCodeId;
    deps.coupons.updateIn(unit, couponCode, { provider });
    return provider.promotionCodeId;
  });
}
