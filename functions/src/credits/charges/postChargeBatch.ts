import { AppError, type Idempotency, idempotencyKeyReused, idOfKey } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import type * as z from 'zod';
import { hasCode, refusal } from '../../platform/errors/refusal.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { renderCreatedCharge } from './charge.ts';
import type { batchResultSchema, CreateChargeRequest } from './charges.schemas.ts';
import type { ChargesNeeds } from './needs.ts';
import { postCharge } from './postCharge.ts';

type BatchResult = z.input<typeof batchResultSchema>['results'][number];

export interface PostedBatch {
  readonly results: BatchResult[];
  /** True when all charges that succeeded are replays. */
  readonly replayed: boolean;
}

/**
 * Posts several charges concurrently. They are settled in the given order, usually in one commit. Each charge is
 * idempotent under the request's key and its position in the request. A refusal or an outage becomes the result of the
 * affected charge.
 * @throws IDEMPOTENCY_KEY_REUSED for a key of another request
 */
export async function postChargeBatch(
  deps: ChargesNeeds,
  caller: Caller,
  charges: readonly CreateChargeRequest[],
  { key, requestHash }: Idempotency,
): Promise<PostedBatch> {
  // A batch of a test key and a batch of a live key are different batches, even with the same Idempotency-Key.
  const wallet = caller.kind === 'key' ? caller.walletId : MAIN_WALLET_ID;
  const batchId = key && idOfKey({ account: caller.accountId }, 'bat', key, wallet);
  if (batchId && !(await deps.batches.claim(caller.accountId, batchId, requestHash))) throw idempotencyKeyReused();
  const posted = await Promise.all(
    charges.map(async (charge, index) => {
      try {
        const place = {
          key: key?.ofPart('batch', String(index)) ?? null,
          requestHash: `${requestHash}#${index}`,
        };
        return await postCharge(deps, caller, charge, place);
      } catch (error) {
        if (hasCode(error)) return error;
        // One failed charge must not hide the results of the others.
        deps.logger.error('a charge of a batch failed', { index, cause: String(error) });
        return refusal('INTERNAL', 'Something went wrong on our side.', { cause: error });
      }
    }),
  );
  const results = posted.map((outcome): BatchResult => {
    if (!(outcome instanceof AppError)) return { success: true, data: renderCreatedCharge(outcome.entry) };
    const { code, message, details } = outcome;
    return { success: false, error: { code, message, ...(details && { details }) } };
  });
  const made = posted.flatMap((outcome) => (outcome instanceof AppError ? [] : [outcome]));
  return { results, replayed: made.length > 0 && made.every((outcome) => outcome.replayed) };
}
