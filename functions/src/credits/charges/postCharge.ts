import { addSeconds, commandIds, type Idempotency } from '@cloud-bridge/base';
import { type ChargeCommand, type CommandResult, submitWithLapsedHolds } from '@cloud-bridge/ledger';
import { assertAllowed, capsOf } from '../../access/apiKeys/keyRules.ts';
import { walletOfCaller } from '../../access/wallets/walletOfCaller.ts';
import { priceOf } from '../../catalog/pricing/price.ts';
import { type Caller, callerIntegrationId, callerKeyId, callerRules } from '../../platform/http/caller.ts';
import { type CreateChargeRequest, DEFAULT_HOLD_SECONDS } from './charges.schemas.ts';
import type { ChargesNeeds } from './needs.ts';

/**
 * Charges a priced operation at once, or holds its price.
 * @throws what {@link priceOf} throws, OPERATION_NOT_ALLOWED or MODEL_NOT_ALLOWED if a rule of the key forbids it,
 *   WALLET_NOT_FOUND, INSUFFICIENT_CREDITS, KEY_CREDIT_LIMIT_EXCEEDED, WALLET_CLOSED, TOO_MANY_CAPPED_KEYS,
 *   IDEMPOTENCY_KEY_REUSED
 */
export async function postCharge(
  deps: ChargesNeeds,
  caller: Caller,
  request: CreateChargeRequest,
  idempotency: Idempotency,
): Promise<CommandResult<ChargeCommand>> {
  const address = await walletOfCaller(deps, caller, request.walletId);
  const now = deps.clock();
  const ids = commandIds(address, idempotency);
  const amountCredits = await allowedPrice(deps, caller, request).catch(async (error: unknown) => {
    // A repeated request gets its first result, even if the operation is no longer sold.
    const earlier = idempotency.key ? await deps.wallets.readEntry(address, ids.entryId) : null;
    if (earlier?.requestHash === ids.requestHash && earlier.charge) return earlier.charge.amountCredits;
    throw error;
  });
  const command: ChargeCommand = {
    type: 'charge',
    ...ids,
    now,
    apiKeyId: callerKeyId(caller),
    keyCaps: capsOf(callerRules(caller)),
    integrationId: callerIntegrationId(caller),
    operation: request.operation,
    quantity: request.quantity,
    amountCredits,
    description: request.description ?? request.operation,
    metadata: request.metadata,
    hold: request.capture ? null : { expiresAt: addSeconds(now, request.holdSeconds ?? DEFAULT_HOLD_SECONDS) },
  };
  return submitWithLapsedHolds(deps, address, command);
}

async function allowedPrice(deps: ChargesNeeds, caller: Caller, request: CreateChargeRequest): Promise<number> {
  assertAllowed(callerRules(caller), request);
  return priceOf(await deps.catalog.current(), request);
}
