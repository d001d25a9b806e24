import { AppError } from '@cloud-bridge/base';
import type { DeletionBlocker } from './deletionBlocker.ts';

/** 401: an ID token outlives the user that it was given to. */
export function accountDeleted(): AppError {
  return new AppError(401, 'ACCOUNT_DELETED', 'The account was deleted.');
}

/** 409: what has been deleted is only read any more. */
export function accountIsDeleted(): AppError {
  return new AppError(409, 'ACCOUNT_DELETED', 'The account was deleted; nothing of it can be changed.');
}

/** 403: the body names another account than the caller's. */
export function otherAccount(): AppError {
  return new AppError(403, 'ACCOUNT_MISMATCH', 'To confirm, accountId must be the id of your own account.');
}

/** 409: something would go on, or is being paid for. */
export function accountInUse(blockers: readonly DeletionBlocker[]): AppError {
  return new AppError(
    409,
    'ACCOUNT_IN_USE',
    'Cancel subscriptions, settle holds, and let open payments end before you delete the account.',
    { details: { blockers } },
  );
}

/** 409: credits would be lost. */
export function creditsLeft(availableCredits: number): AppError {
  return new AppError(
    409,
    'CREDITS_LEFT',
    'There are credits left, which would be lost. Spend them, or send forfeitCredits: true.',
    { details: { availableCredits } },
  );
}
