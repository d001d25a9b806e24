import { runUnitOfWork } from '@cloud-bridge/base';
import { isOfEarlierRequest, mustRecord, type OperatorRequest } from '../../access/auditLog/auditLog.ts';
import { defaultProvider } from '../payments/providers.ts';
import { type Coupon, normalizeCode } from './coupon.ts';
import { couponNotFound } from './coupons.errors.ts';
import type { CouponsNeeds } from './needs.ts';

/**
 * Disables a coupon for good, here first and then at the provider. Repeating the call changes nothing. Orders that were
 * placed with the coupon keep their discount.
 * @throws COUPON_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE (then
 *   repeating the request ends the discount at the provider)
 */
export async function disableCoupon(
  deps: CouponsNeeds,
  operator: OperatorRequest,
  id: string,
): Promise<{ coupon: Coupon; replayed: boolean }> {
  const code = normalizeCode(id);
  const now = deps.clock();
  const outcome = await runUnitOfWork(deps.db, async (unit) => {
    const found = await deps.coupons.findIn(unit, code);
    if (!found) throw couponNotFound();
    const record = await deps.auditLog.findIn(unit, operator);
    if (record) return { coupon: found, replayed: isOfEarlierRequest(record, operator) };
    const disabledAt = found.disabledAt ?? now;
    const hasChanged = found.disabledAt === null;
    if (hasChanged) deps.coupons.updateIn(unit, code, { disabledAt });
    if (mustRecord(operator, hasChanged)) {
      const change = { targetId: code, before: { disabledAt: found.disabledAt }, after: { disabledAt } };
      deps.auditLog.recordIn(unit, operator, change, now);
    }
    return { coupon: { ...found, disabledAt }, replayed: false };
  });
  const { provider } = outcome.coupon;
  if (provider) await defaultProvider(deps).discounts.endDiscount(provider.promotionCodeId);
  return outcome;
}
