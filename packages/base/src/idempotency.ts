import { AppError, type BaseErrorCode } from './appError.ts';
import { type IdempotencyKey, idOfRequest } from './idempotencyKey.ts';
import { randomId } from './ids.ts';

/** The Idempotency-Key of a request and the hash that tells whether a repeated request has the same content. */
export interface Idempotency {
  readonly key: IdempotencyKey | null;
  readonly requestHash: string;
}

/**
 * Creates the error for an Idempotency-Key whose first request had different content. The first request's effect stays.
 */
export function idempotencyKeyReused(): AppError<BaseErrorCode> {
  return new AppError(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was used before for a different request. Use a new key for a new request.',
  );
}

/**
 * Returns the ids of a command on a wallet. With an Idempotency-Key, the entry's id is always the same, so a repeated
 * request finds the first entry.
 */
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
