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

/** What a coupon gives: credits at once, or less to pay for a pack or plan. */
export type CouponBenefit =
  | { readonly type: 'credits'; readonly credits: number; readonly creditsExpireAfterDays: number | null }
  | DiscountBenefit;

/**
 * A code and what it is good for. Only its count of uses, its end and the provider's part of it ever change.
 * A use is counted when a bonus is redeemed and when an order is placed; an order that ends without being paid gives
 * its use back, so that uses never exceed the limits, whoever pays late or never.
 */
export interface Coupon {
  /** The code in capital letters. */
  readonly id: string;
  readonly name: string | null;
  readonly benefit: CouponBenefit;
  /** Keys of the packs and slugs of the plans that it is good for; null: all. */
  readonly packs: readonly string[] | null;
  readonly plans: readonly string[] | null;
  /** How often it may be used in all, and by one account; null: without limit. */
  readonly maxRedemptions: number | null;
  readonly maxRedemptionsPerAccount: number | null;
  readonly redemptions: number;
  readonly expiresAt: IsoTime | null;
  readonly disabledAt: IsoTime | null;
  /** What stands for a discount at the provider; null for credits, and until it exists. */
  readonly provider: ProviderDiscount | null;
  /** Uid of the operator. */
  readonly createdBy: string;
  readonly createdAt: IsoTime;
  readonly requestHash: string;
}

/** What can have a discount. */
export interface DiscountedProduct {
  readonly kind: 'pack' | 'plan';
  readonly key: string;
  readonly unitAmountMinor: number;
  readonly currency: Currency;
}

export const COUPON_STATUSES = ['active', 'expired', 'used_up', 'disabled'] as const;
export type CouponStatus = (typeof COUPON_STATUSES)[number];

/** Codes are the same in capital and small letters. */
export function normalizeCode(code: string): string {
  return code.toUpperCase();
}

export function couponStatus(coupon: Coupon, now: IsoTime): CouponStatus {
  if (coupon.disabledAt !== null) return 'disabled';
  if (hasLapsed(coupon.expiresAt, now)) return 'expired';
  return coupon.maxRedemptions !== null && coupon.redemptions >= coupon.maxRedemptions ? 'used_up' : 'active';
}

/**
 * Throws unless an account that has used a coupon so often may use it once more: 404 for one that is disabled, 409 for
 * one that has expired or been used as often as it may be.
 * @throws COUPON_ALREADY_USED, COUPON_EXPIRED, COUPON_NOT_FOUND, COUPON_USED_UP
 */
export function assertUsable(coupon: Coupon, usesOfAccount: number, now: IsoTime): void {
  assertNotEnded(coupon, now);
  const { maxRedemptionsPerAccount } = coupon;
  if (maxRedemptionsPerAccount !== null && usesOfAccount >= maxRedemptionsPerAccount) throw couponAlreadyUsed();
  if (couponStatus(coupon, now) === 'used_up') throw couponUsedUp();
}

/**
 * Refuses a coupon that is disabled or has expired.
 * @throws COUPON_EXPIRED, COUPON_NOT_FOUND
 */
export function assertNotEnded(coupon: Coupon, now: IsoTime): void {
  const status = couponStatus(coupon, now);
  if (status === 'disabled') throw couponNotFound();
  if (status === 'expired') throw couponExpired();
}

/** Least amounts that a card can be charged (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const LEAST_CHARGE_MINOR: Readonly<Record<Currency, number>> = { usd: 50, eur: 50, gbp: 30 };

/**
 * What a coupon takes off a product, in the product's minor unit; percentages are rounded to the nearest one, halves
 * up. Never more than the price.
 * @throws COUPON_NOT_APPLICABLE where it takes off nothing, or where what is left can't be charged though it isn't
 *   nothing
 */
export function discountMinor(coupon: Coupon, product: DiscountedProduct): number {
  const only = product.kind === 'pack' ? coupon.packs : coupon.plans;
  if (only !== null && !only.includes(product.key)) throw couponNotApplicable(`It is not for ${product.key}.`);
  const discount = Math.min(product.unitAmountMinor, reduction(coupon.benefit, product));
  const left = product.unitAmountMinor - discount;
  if (left > 0 && left < LEAST_CHARGE_MINOR[product.currency]) {
    throw couponNotApplicable('What it leaves to pay is too little to be charged.');
  }
  return assertNonNegative(discount, 'discount');
}

function reduction(benefit: CouponBenefit, { unitAmountMinor, currency }: DiscountedProduct): number {
  if (benefit.type === 'credits') throw couponNotApplicable('It is redeemed by itself, at /billing/coupons/redeem.');
  if (benefit.type === 'percent') return Math.floor((unitAmountMinor * benefit.percentOff + 50) / 100);
  const amountMinor = benefit.amountsOffMinor[currency];
  if (amountMinor === undefined) throw couponNotApplicable(`It takes nothing off in ${currency}.`);
  return amountMinor;
}
