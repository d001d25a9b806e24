import type { AppError } from '@cloud-bridge/base';
import { refusal, unauthenticated } from '../../platform/errors/refusal.ts';
import type { DeletionBlocker } from './deletionBlocker.ts';

/** 401: an ID token outlives the user that it was given to. */
export function accountDeleted(): AppError {
  return unauthenticated('ACCOUNT_DELETED', 'The account was deleted.');
}

/** 409: what has been deleted is only read any more. */
export function accountIsDeleted(): AppError {
  return refusal('ACCOUNT_DELETED', 'The account was deleted; nothing of it can be changed.');
}

/** 403: the body names another account than the caller's. */
export function otherAccount(): AppError {
  return refusal('ACCOUNT_MISMATCH', 'To confirm, accountId must be the id of your own account.');
}

/** 409: something would go on, or is being paid for. */
export function accountInUse(blockers: readonly DeletionBlocker[]): AppError {
  return refusal(
    'ACCOUNT_IN_USE',
    'Cancel subscriptions, settle holds, and let open payments end before you delete the account.',
    { details: { blockers } },
  );
}

/** 409: credits would be lost. */
export function creditsLeft(availableCredits: number): AppError {
  return refusal(
    'CREDITS_LEFT',
    'There are credits left, which would be lost. Spend them, or send forfeitCredits: true.',
    { details: { availableCredits } },
  );
}
