import type { AppError } from '@cloud-bridge/base';
import { notFound, refusal } from '../../platform/errors/refusal.ts';

/** Returns the 404 for a code that doesn't exist, or whose coupon is disabled. */
export function couponNotFound(): AppError {
  return notFound('COUPON_NOT_FOUND');
}

export function couponExpired(): AppError {
  return refusal('COUPON_EXPIRED', 'The coupon has expired.');
}

export function couponUsedUp(): AppError {
  return refusal('COUPON_USED_UP', 'The coupon has no uses left.');
}

export function couponAlreadyUsed(): AppError {
  return refusal('COUPON_ALREADY_USED', 'This account has used the coupon as often as one account may.');
}

export function couponNotApplicable(why: string): AppError {
  return refusal('COUPON_NOT_APPLICABLE', `The coupon can't be used for this. ${why}`);
}

export function couponExists(): AppError {
  return refusal('COUPON_EXISTS', 'There is a coupon with this code already.');
}
