import { AppError, notFound } from '@cloud-bridge/base';

/** 404: also for a coupon that was disabled. */
export function couponNotFound(): AppError {
  return notFound('coupon');
}

export function couponExpired(): AppError {
  return new AppError(409, 'COUPON_EXPIRED', 'The coupon has expired.');
}

export function couponUsedUp(): AppError {
  return new AppError(409, 'COUPON_USED_UP', 'The coupon has been used as often as it may be.');
}

export function couponAlreadyUsed(): AppError {
  return new AppError(409, 'COUPON_ALREADY_USED', 'This account has used the coupon as often as it may.');
}

export function couponNotApplicable(why: string): AppError {
  return new AppError(409, 'COUPON_NOT_APPLICABLE', `The coupon can't be used for this. ${why}`);
}

export function couponExists(): AppError {
  return new AppError(409, 'COUPON_EXISTS', 'There is a coupon with this code already.');
}
