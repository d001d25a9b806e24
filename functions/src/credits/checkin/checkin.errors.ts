import type { AppError, IsoTime } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** 409: the account has already checked in on this UTC day. */
export function alreadyCheckedIn(nextAt: IsoTime): AppError {
  return refusal('ALREADY_CHECKED_IN', `The next check-in is possible at ${nextAt}.`, {
    details: { nextCheckInAt: nextAt },
  });
}

/** 403: the operator rewards only accounts that have bought something, to prevent farming. */
export function checkInNeedsPurchase(): AppError {
  return refusal('CHECKIN_NEEDS_PURCHASE', 'Check-ins give credits only after a first purchase.');
}

/** 403: without a verified email address, one person could open any number of accounts for the bonus. */
export function checkInNeedsVerifiedEmail(): AppError {
  return refusal('CHECKIN_NEEDS_VERIFIED_EMAIL', 'Verify your email address first; check-ins then give credits.');
}
