import { AppError, type BaseErrorCode } from './appError.ts';
import { type IdempotencyKey, idOfRequest } from './idempotencyKey.ts';
import { randomId } from './ids.ts';

/** Where an idempotent request's effect is found again. */
export interface Idempotency {
  readonly key: IdempotencyKey | null;
  readonly requestHash: string;
}

/** The key's first request had another content; its effect stays what it was. */
export function idempotencyKeyReused(): AppError<BaseErrorCode> {
  return new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was used before for a different request. Use a new key for a new request.',
  );
}

/** Ids of a command on a wallet: with an Idempotency-Key always the same, so that a repetition finds the first. */
export function commandIds(
  { accountId, walletId }: { readonly accountId: string; readonly walletId: string },
  { key, requestHash }: Idempotency,
) {
  return {
    entryId: idOfRequest({ account: accountId }, 'txn', key, walletId),
    commandId: randomId('cmd'),
    requestHash,
  };
}
