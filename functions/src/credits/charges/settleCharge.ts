import { addSeconds, commandIds, type Idempotency } from '@cloud-bridge/base';
import { type CommandResult, expireHold, type SettleCommand, submitWithLapsedHolds } from '@cloud-bridge/ledger';
import { capsOf } from '../../access/apiKeys/keyRules.ts';
import { usualWalletIdsOf } from '../../access/wallets/walletOfCaller.ts';
import { hasCode } from '../../platform/errors/refusal.ts';
import { type Caller, callerKeyId, callerRules } from '../../platform/http/caller.ts';
import { findCharge } from './findCharge.ts';
import type { ChargesNeeds } from './needs.ts';

/** The way to settle or extend a hold. */
export type Settlement =
  | { readonly type: 'capture'; readonly amountCredits: number | null }
  | { readonly type: 'release' }
  | { readonly type: 'extend'; readonly holdSeconds: number };

/**
 * Captures, releases or extends a hold.
 * @throws INSUFFICIENT_CREDITS or KEY_CREDIT_LIMIT_EXCEEDED when a capture above the hold isn't covered or exceeds a
 *   cap of the key (the hold stays open), CHARGE_NOT_FOUND for an unknown charge or another caller's, CHARGE_NOT_HELD
 *   for a charge that is settled or has expired
 */
export async function settleCharge(
  deps: ChargesNeeds,
  caller: Caller,
  chargeId: string,
  settlement: Settlement,
  idempotency: Idempotency,
): Promise<CommandResult<SettleCommand>> {
  const walletId = await walletOfCharge(deps, caller, chargeId);
  const now = deps.clock();
  const address = { accountId: caller.accountId, walletId };
  const base = {
    ...commandIds(address, idempotency),
    now,
    apiKeyId: callerKeyId(caller),
    keyCaps: capsOf(callerRules(caller)),
    chargeId,
  };
  try {
    return await submitWithLapsedHolds(deps, address, commandOf(settlement, base));
  } catch (error) {
    const hasExpired = hasCode(error, 'CHARGE_NOT_HELD') && error.details?.status === 'expired';
    // Expires the lapsed hold now, so that its credits are free at once.
    if (hasExpired) {
      await expireHold(deps, { id: chargeId, ...address }, now).catch((cause: unknown) => {
        deps.logger.error('lapsed hold could not be expired', { ...address, chargeId, cause: String(cause) });
      });
    }
    throw error;
  }
}

/**
 * Returns the wallet of a charge that the caller may see. The wallet itself checks whether the caller may settle it.
 */
async function walletOfCharge(deps: ChargesNeeds, caller: Caller, chargeId: string): Promise<string> {
  const { accountId } = caller;
  const remembered = usualWalletIdsOf(caller).find((walletId) =>
    deps.wallets.remembersHold({ accountId, walletId }, chargeId),
  );
  return remembered ?? (await findCharge(deps, caller, chargeId)).walletId;
}

function commandOf(
  settlement: Settlement,
  base: Omit<SettleCommand, 'type' | 'amountCredits' | 'expiresAt'>,
): SettleCommand {
  switch (settlement.type) {
    case 'capture':
      return { ...base, type: 'capture', amountCredits: settlement.amountCredits };
    case 'release':
      return { ...base, type: 'release' };
    case 'extend':
      return { ...base, type: 'extend', expiresAt: addSeconds(base.now, settlement.holdSeconds) };
  }
}
