import type { IsoTime, UnitOfWork } from '@cloud-bridge/base';
import { assertUsable } from '../coupons/coupon.ts';
import { couponNotFound } from '../coupons/coupons.errors.ts';
import type { CouponsNeeds } from '../coupons/needs.ts';
import { type Order, UNPAID_ENDS } from './order.ts';

/** An order whose coupon use is settled, and the function that writes the coupon after the unit's last read. */
interface StagedUse {
  readonly order: Order;
  write(): void;
}

/**
 * Reads the coupon of a new order. Call this before looking for the order itself: a request that finds the coupon used
 * up by the same order then also finds that order.
 * @returns a function that counts the use, to be called after the unit's last read; it throws 404 or 409 when the
 *   coupon may no longer be used
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
 * Gives the use of a coupon back when its order ends unpaid, and takes the use again if the money arrives after all; a
 * paid order counts even beyond the coupon's limits.
 * @param stored the order as this unit read it, which tells whether the use is counted; null for a new order
 * @param order the changed order, which the same commit writes
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
