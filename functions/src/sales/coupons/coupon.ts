import { assertNonNegative, hasLapsed, type IsoTime } from '@cloud-bridge/base';
import type { Currency } from '../../catalog/currency.ts';
import type { DiscountBenefit, ProviderDiscount } from '../payments/discountProvider.ts';
import {
  couponAlreadyUsed,
  couponExpired,
  couponNotApplicable,
  couponNotFound,
  couponUsedUp,
} from './coupons.errors.ts';

/** The benefit of a coupon: credits at once, or a discount on packs and plans. */
export type CouponBenefit =
  | { readonly type: 'credits'; readonly credits: number; readonly creditsExpireAfterDays: number | null }
  | DiscountBenefit;

/**
 * A code with its benefit and its limits. Only `redemptions`, `disabledAt` and `provider` ever change.
 * A use is counted when credits are redeemed and when an order is placed. An order that ends unpaid gives its use back.
 * So uses never exceed the limits, even if orders are paid late or never.
 */
export interface Coupon {
  /** The code in capital letters. */
  readonly id: string;
  readonly name: string | null;
  readonly benefit: CouponBenefit;
  /** Keys of the packs, and slugs of the plans, to which the discount applies; null: all. */
  readonly packs: readonly string[] | null;
  readonly plans: readonly string[] | null;
  /** Maximum number of uses by all accounts together, and by each account; null: no limit. */
  readonly maxRedemptions: number | null;
  readonly maxRedemptionsPerAccount: number | null;
  readonly redemptions: number;
  readonly expiresAt: IsoTime | null;
  readonly disabledAt: IsoTime | null;
  /** The discount's ids at the provider; null for credits, and until the discount exists there. */
  readonly provider: ProviderDiscount | null;
  /** Uid of the operator. */
  readonly createdBy: string;
  readonly createdAt: IsoTime;
  readonly requestHash: string;
}

/** A pack or plan that can be sold at a discount. */
export interface DiscountedProduct {
  readonly kind: 'pack' | 'plan';
  readonly key: string;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

export const COUPON_STATUSES = ['active', 'expired', 'used_up', 'disabled'] as const;
export type CouponStatus = (typeof COUPON_STATUSES)[number];

/** Returns a code in capital letters, because codes are case-insensitive. */
export function normalizeCode(code: string): string {
  return code.toUpperCase();
}

export function couponStatus(coupon: Coupon, now: IsoTime): CouponStatus {
  if (coupon.disabledAt !== null) return 'disabled';
  if (hasLapsed(coupon.expiresAt, now)) return 'expired';
  return coupon.maxRedemptions !== null && coupon.redemptions >= coupon.maxRedemptions ? 'used_up' : 'active';
}

/**
 * Throws unless an account with this number of uses may use the coupon once more.
 * @throws COUPON_ALREADY_USED, COUPON_EXPIRED, COUPON_NOT_FOUND, COUPON_USED_UP
 */
export function assertUsable(coupon: Coupon, usesOfAccount: number, now: IsoTime): void {
  assertNotEnded(coupon, now);
  const { maxRedemptionsPerAccount } = coupon;
  if (maxRedemptionsPerAccount !== null && usesOfAccount >= maxRedemptionsPerAccount) throw couponAlreadyUsed();
  if (couponStatus(coupon, now) === 'used_up') throw couponUsedUp();
}

/**
 * Throws for a coupon that is disabled or has expired.
 * @throws COUPON_EXPIRED, COUPON_NOT_FOUND
 */
export function assertNotEnded(coupon: Coupon, now: IsoTime): void {
  const status = couponStatus(coupon, now);
  if (status === 'disabled') throw couponNotFound();
  if (status === 'expired') throw couponExpired();
}

/** Smallest card charges (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const LEAST_CHARGE_MINOR: Readonly<Record<Currency, number>> = { usd: 50, eur: 50, gbp: 30 };

/**
 * Returns the amount that a coupon takes off a product, in minor units of the product's currency. Percentages are
 * rounded to the nearest unit, halves up. The amount never exceeds the price.
 * @throws COUPON_NOT_APPLICABLE for a coupon without a discount on this product, or if the rest of the price is too
 *   small to be charged, but not 0
 */
export function discountMinor(coupon: Coupon, product: DiscountedProduct): number {
  const only = product.kind === 'pack' ? coupon.packs : coupon.plans;
  if (only !== null && !only.includes(product.key)) throw couponNotApplicable(`It is not for ${product.key}.`);
  const discount = Math.min(product.unitAmountMinor, reduction(coupon.benefit, product));
  const left = product.unitAmountMinor - discount;
  if (left > 0 && left < LEAST_CHARGE_MINOR[product.currency]) {
    throw couponNotApplicable('The rest of the price is too little to be charged.');
  }
  return assertNonNegative(discount, 'discount');
}

function reduction(benefit: CouponBenefit, { unitAmountMinor, currency }: DiscountedProduct): number {
  if (benefit.type === 'credits') throw couponNotApplicable('It gives credits: redeem it at /billing/coupons/redeem.');
  if (benefit.type === 'percent') return Math.floor((unitAmountMinor * benefit.percentOff + 50) / 100);
  const amountMinor = benefit.amountsOffMinor[currency];
  if (amountMinor === undefined) throw couponNotApplicable(`It takes nothing off in ${currency}.`);
  return amountMinor;
}
