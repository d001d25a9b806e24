import type { OperatorRequest } from '../auditLog/auditLog.ts';
import type { Deps } from '../deps.ts';
import { runUnitOfWork } from '../shared/unitOfWork.ts';
import { type Coupon, normalizeCode } from './coupon.ts';
import { couponNotFound } from './coupons.errors.ts';

/**
 * Ends a coupon for good, here first and then at the provider; repeating it changes nothing. Orders that were placed
 * with it keep their discount. Throws 404, 502 or 503 (provider; then repeating it completes it).
 */
export async function disableCoupon(deps: Deps, operator: OperatorRequest, id: string): Promise<Coupon> {
  const code = normalizeCode(id);
  const disabledAt = deps.clock();
  const coupon = await runUnitOfWork(deps.db, async (unit) => {
    const found = await deps.coupons.findIn(unit, code);
    if (!found) throw couponNotFound();
    if (found.disabledAt) return found;
    await deps.auditLog.findIn(unit, operator);
    deps.coupons.updateIn(unit, code, { disabledAt });
    const change = { targetId: code, before: { disabledAt: null }, after: { disabledAt } };
    deps.auditLog.recordIn(unit, operator, change, disabledAt);
    return { ...found, disabledAt };
  });
  if (coupon.provider) await deps.discountProvider.endDiscount(coupon.provider.promotionCodeId);
  return coupon;
}
