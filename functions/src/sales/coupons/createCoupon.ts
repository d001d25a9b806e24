import {
  hasLapsed,
  type Idempotency,
  type IsoTime,
  idempotencyKeyReused,
  idOfKey,
  invalidField,
  runUnitOfWork,
} from '@cloud-bridge/base';
import type { OperatorRequest } from '../../access/auditLog/auditLog.ts';
import { defaultProvider } from '../payments/providers.ts';
import { type Coupon, type CouponBenefit, normalizeCode } from './coupon.ts';
import { couponExists } from './coupons.errors.ts';
import type { CreateCouponRequest } from './coupons.schemas.ts';
import type { CouponsNeeds } from './needs.ts';

/**
 * Creates a coupon. Creates a discount at the provider, too; if the provider didn't answer, repeating the request
 * completes the coupon.
 * @throws INVALID_REQUEST (expiry, names of packs and plans), COUPON_EXISTS, IDEMPOTENCY_KEY_REUSED,
 *   PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function createCoupon(
  deps: CouponsNeeds,
  operator: OperatorRequest,
  request: CreateCouponRequest,
  { key, requestHash }: Idempotency,
): Promise<{ coupon: Coupon; replayed: boolean }> {
  const now = deps.clock();
  const draft = draftOf(request, operator.actorId, requestHash, now);
  const id = key && idOfKey({ operator: operator.actorId }, 'cpr', key);
  const stored = await runUnitOfWork(deps.db, async (unit) => {
    const earlier = id ? await deps.coupons.findRequestIn(unit, id) : null;
    if (earlier && earlier.requestHash !== requestHash) throw idempotencyKeyReused();
    const coupon = await deps.coupons.findIn(unit, draft.id);
    if (!coupon) {
      if (hasLapsed(draft.expiresAt, now)) throw invalidField('expiresAt', 'must be in the future');
      deps.coupons.createIn(unit, draft, id ? { id, code: draft.id, requestHash } : null);
      const { id: targetId, benefit, maxRedemptions, expiresAt } = draft;
      deps.auditLog.recordIn(unit, operator, { targetId, after: { benefit, maxRedemptions, expiresAt } }, now);
      return { coupon: draft, replayed: false };
    }
    if (!earlier && (isComplete(coupon) || coupon.requestHash !== requestHash)) throw couponExists();
    return { coupon, replayed: earlier !== null };
  });
  return { ...stored, coupon: await completeCoupon(deps, stored.coupon) };
}

function draftOf(request: CreateCouponRequest, createdBy: string, requestHash: string, now: IsoTime): Coupon {
  const { code, name, packs, plans, maxRedemptions, maxRedemptionsPerAccount, expiresAt } = request;
  return {
    id: normalizeCode(code),
    name: name ?? null,
    benefit: benefitOf(request),
    packs: packs ?? null,
    plans: plans ?? null,
    maxRedemptions: maxRedemptions ?? null,
    maxRedemptionsPerAccount,
    redemptions: 0,
    expiresAt: expiresAt ?? null,
    disabledAt: null,
    provider: null,
    createdBy,
    createdAt: now,
    requestHash,
  };
}

function benefitOf(request: CreateCouponRequest): CouponBenefit {
  const { credits, creditsExpireAfterDays, percentOff, amountsOffMinor } = request;
  if (credits !== undefined) {
    return { type: 'credits', credits, creditsExpireAfterDays: creditsExpireAfterDays ?? null };
  }
  if (percentOff !== undefined) return { type: 'percent', percentOff };
  return { type: 'amount', amountsOffMinor: amountsOffMinor ?? {} };
}

function isComplete({ benefit, provider }: Coupon): boolean {
  return benefit.type === 'credits' || provider !== null;
}

async function completeCoupon(deps: CouponsNeeds, coupon: Coupon): Promise<Coupon> {
  const { id: code, name, benefit } = coupon;
  if (benefit.type === 'credits' || coupon.provider) return coupon;
  const provider = await defaultProvider(deps).discounts.createDiscount({ code, name, benefit });
  return runUnitOfWork(deps.db, async (unit) => {
    const current = await deps.coupons.findIn(unit, code);
    if (!current) throw new Error(`coupon ${code} doesn't exist any more`);
    if (current.provider) return current;
    deps.coupons.updateIn(unit, code, { provider });
    return { ...current, provider };
  });
}
