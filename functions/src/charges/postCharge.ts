import type { Deps } from '../deps.ts';
import { type Caller, callerKeyId } from '../http/caller.ts';
import { priceOf } from '../pricing/price.ts';
import { derivedId, randomId } from '../shared/ids.ts';
import { addSeconds } from '../shared/time.ts';
import type { ChargeCommand, CommandResult } from '../wallets/commands.ts';
import { InsufficientCredits } from '../wallets/wallets.errors.ts';
import { type CreateChargeRequest, DEFAULT_HOLD_SECONDS } from './charges.schemas.ts';
import { expireLapsedHolds } from './expireHolds.ts';
import { walletOf } from './walletOf.ts';

/** Where an idempotent request's effect is found again. */
export interface Idempotency {
  readonly key: string | null;
  readonly requestHash: string;
}

/**
 * Charges a priced operation at once, or holds its price. Throws 400 for an unknown operation, 402
 * `INSUFFICIENT_CREDITS`, 404 for another wallet, 422 for a reused Idempotency-Key.
 */
export async function postCharge(
  deps: Deps,
  caller: Caller,
  request: CreateChargeRequest,
  idempotency: Idempotency,
): Promise<CommandResult> {
  const address = walletOf(caller, request.walletId);
  const catalog = await deps.catalog.current();
  const now = deps.clock();
  const command: ChargeCommand = {
    type: 'charge',
    ...commandIds(idempotency),
    now,
    apiKeyId: callerKeyId(caller),
    operation: request.operation,
    quantity: request.quantity,
    amountCredits: priceOf(catalog, request.operation, request.quantity),
    description: request.description ?? request.operation,
    metadata: request.metadata,
    hold: request.capture ? null : { expiresAt: addSeconds(now, request.holdSeconds ?? DEFAULT_HOLD_SECONDS) },
  };
  try {
    return await deps.wallets.submit(address, command);
  } catch (error) {
    // Credits in holds whose time is over are the caller's again, even if nothing has swept them up yet.
    const mayHelp = error instanceof InsufficientCredits && error.details?.heldCredits !== 0;
    if (!mayHelp || (await expireLapsedHolds(deps, address, now)) === 0) throw error;
    return deps.wallets.submit(address, command);
  }
}

/** Ids of a command on a wallet: with an Idempotency-Key always the same, so that a repetition finds the first. */
export function commandIds(idempotency: Idempotency) {
  return {
    entryId: idempotency.key ? derivedId('txn', idempotency.key) : randomId('txn'),
    commandId: randomId('cmd'),
    requestHash: idempotency.requestHash,
  };
}
