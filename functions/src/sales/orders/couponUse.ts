import type { IsoTime, UnitOfWork } from '@cloud-bridge/base';
import { assertUsable } from '../coupons/coupon.ts';
import { couponNotFound } from '../coupons/coupons.errors.ts';
import type { CouponsNeeds } from '../coupons/needs.ts';
import { type Order, UNPAID_ENDS } from './order.ts';

/** An order whose coupon's use has been settled, and the writes to make after the unit's last read. */
interface StagedUse {
  readonly order: Order;
  write(): void;
}

/**
 * Reads the coupon of a new order. To be called before the order itself is looked for: whoever finds the coupon used
 * by this very order then finds the order, too.
 * @returns what counts the use, after the unit's last read; it throws 404 or 409 when the coupon may not be used any
 *   more
 */
export async function stageFirstUse(
  unit: UnitOfWork,
  deps: CouponsNeeds,
  order: Order,
  now: IsoTime,
): Promise<() => void> {
  const { discount, accountId } = order;
  const found = discount ? await deps.coupons.findWithUsesIn(unit, discount.couponCode, accountId) : null;
  return () => {
    if (!discount) return;
    if (!found) throw couponNotFound();
    assertUsable(found.coupon, found.uses ?? 0, now);
    deps.coupons.countIn(unit, found, 1, now);
  };
}

/**
 * Gives the use of a coupon back when its order has ended without being paid, and takes it again should the money
 * arrive after all; then it counts even beyond the coupon's limits, because it was paid.
 * @param stored the order as this unit has read it; only that says whether the use is counted. Null for a new order.
 * @param order what becomes of it, in the same commit
 */
export async function stageUse(
  unit: UnitOfWork,
  deps: CouponsNeeds,
  stored: Order | null,
  order: Order,
  now: IsoTime,
): Promise<StagedUse> {
  const { discount } = order;
  if (!discount) return { order, write: () => {} };
  const isHeld = !UNPAID_ENDS.includes(order.status);
  const isCounted = stored?.discount?.isCounted ?? false;
  const isAsStored = discount.isCounted === isCounted;
  if (isCounted === isHeld) {
    return { order: isAsStored ? order : { ...order, discount: { ...discount, isCounted } }, write: () => {} };
  }
  const found = await deps.coupons.findWithUsesIn(unit, discount.couponCode, order.accountId);
  return {
    order: { ...order, discount: { ...discount, isCounted: isHeld } },
    write: () => {
      if (found) deps.coupons.countIn(unit, found, isHeld ? 1 : -1, now);
    },
  };
}
