import type { AppError, IsoTime } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** 409: one bonus a day. */
export function alreadyCheckedIn(nextAt: IsoTime): AppError {
  return refusal('ALREADY_CHECKED_IN', `The next check-in is possible at ${nextAt}.`, {
    details: { nextCheckInAt: nextAt },
  });
}

/** 403: the operator gives the bonus only to accounts that have bought something, against farming. */
export function checkInNeedsPurchase(): AppError {
  return refusal('CHECKIN_NEEDS_PURCHASE', 'Checking in gives credits after a first purchase.');
}

/** 403: who hasn't proved an address could open any number of accounts. */
export function checkInNeedsVerifiedEmail(): AppError {
  return refusal(
    'CHECKIN_NEEDS_VERIFIED_EMAIL',
    'Checking in gives credits once you have verified the email address of your user.',
  );
}
