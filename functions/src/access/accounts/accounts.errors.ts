import type { AppError } from '@cloud-bridge/base';
import { refusal, unauthenticated } from '../../platform/errors/refusal.ts';
import type { DeletionBlocker } from './deletionBlocker.ts';

/** 401: the account is deleted, though its ID token hasn't expired yet. */
export function accountDeleted(): AppError {
  return unauthenticated('ACCOUNT_DELETED', 'The account was deleted.');
}

/** 409: a deleted account can be read, not changed. */
export function accountIsDeleted(): AppError {
  return refusal('ACCOUNT_DELETED', 'The account was deleted and can no longer be changed.');
}

/** 403: the request names another account than the caller's. */
export function otherAccount(): AppError {
  return refusal('ACCOUNT_MISMATCH', 'To confirm, accountId must be the id of your own account.');
}

/** 409: the account still has subscriptions, holds, open payments or automatic top-ups. */
export function accountInUse(blockers: readonly DeletionBlocker[]): AppError {
  return refusal(
    'ACCOUNT_IN_USE',
    'Cancel subscriptions, settle holds, and let open payments end before you delete the account.',
    { details: { blockers } },
  );
}

/** 409: the deletion would forfeit credits. */
export function creditsLeft(availableCredits: number): AppError {
  return refusal(
    'CREDITS_LEFT',
    'The account still has credits, which its deletion forfeits. Spend them, or send forfeitCredits: true.',
    { details: { availableCredits } },
  );
}
