import { derivedId, type IsoTime, isReadOnly, randomId, requestHash, sweep } from '@cloud-bridge/base';
import type { CommandResult, WalletCommand } from './commands.ts';
import type { Entry } from './entry.ts';
import { hasEffect } from './hasEffect.ts';
import { InsufficientCredits, KeyCreditLimitExceeded } from './ledger.errors.ts';
import type { LedgerNeeds } from './needs.ts';
import { type Wallet, type WalletAddress, walletKey } from './wallet.ts';

/** Expires the lapsed holds of one wallet; returns their number. */
function expireLapsedHolds(deps: LedgerNeeds, address: WalletAddress, now: IsoTime): Promise<number> {
  return sweep(
    deps.logger,
    (limit, offset) => deps.wallets.listLapsedHolds(address, now, { limit, offset }),
    (hold) => expireHold(deps, hold, now),
    nameOfHold,
  );
}

/**
 * Expires the lapsed holds of all wallets, as a schedule does; returns their number.
 * @throws WALLET_BUSY
 */
export function expireLapsedHoldsEverywhere(deps: LedgerNeeds): Promise<number> {
  const now = deps.clock();
  return sweep(
    deps.logger,
    (limit, offset) => deps.wallets.listLapsedHoldsEverywhere(now, { limit, offset }),
    (hold) => expireHold(deps, hold, now),
    nameOfHold,
  );
}

function nameOfHold(hold: Entry): string {
  return `${walletKey(hold)}/${hold.id}`;
}

/**
 * Expires one lapsed hold. Returns false if the hold was settled first or hasn't lapsed.
 * @throws WALLET_BUSY
 */
export function expireHold(
  deps: LedgerNeeds,
  hold: Pick<Entry, 'id' | 'accountId' | 'walletId'>,
  now: IsoTime,
): Promise<boolean> {
  const { id, accountId, walletId } = hold;
  return hasEffect(
    deps.wallets.submit(
      { accountId, walletId },
      {
        type: 'expireHold',
        entryId: derivedId('txn', 'hold expiry', id),
        commandId: randomId('cmd'),
        requestHash: requestHash(['hold expiry', id]),
        now,
        chargeId: id,
      },
    ),
  );
}

/**
 * Reads a wallet after expiring its lapsed holds, or without expiring them if the request may not write.
 * @throws WALLET_BUSY
 */
export async function readCurrentWallet(
  deps: LedgerNeeds,
  address: WalletAddress,
): Promise<{ wallet: Wallet; now: IsoTime }> {
  const now = deps.clock();
  const wallet = await deps.wallets.read(address, now);
  if (wallet.heldCredits === 0 || isReadOnly()) return { wallet, now };
  if ((await expireLapsedHolds(deps, address, now)) === 0) return { wallet, now };
  return { wallet: await deps.wallets.read(address, now), now };
}

/**
 * Submits a command. If credits are missing or a key's cap is used up, expires the wallet's lapsed holds and submits
 * the command once more.
 * @throws WALLET_BUSY
 */
export async function submitWithLapsedHolds<C extends WalletCommand>(
  deps: LedgerNeeds,
  address: WalletAddress,
  command: C,
): Promise<CommandResult<C>> {
  try {
    return await submitAndNotice(deps, address, command);
  } catch (error) {
    if (!mayNeedHeldCredits(error)) throw error;
    const freed = await expireLapsedHolds(deps, address, command.now).catch((cause: unknown) => {
      // Then the first refusal stands, because the credits are missing as long as those holds are open.
      deps.logger.error('lapsed holds could not be expired', { ...address, cause: String(cause) });
      return 0;
    });
    if (freed === 0) throw error;
    return submitAndNotice(deps, address, command);
  }
}

/** True for a refusal that lapsed holds may have caused, because they count as spent until they are expired. */
function mayNeedHeldCredits(error: unknown): boolean {
  if (error instanceof KeyCreditLimitExceeded) return error.heldCredits !== 0;
  return error instanceof InsufficientCredits && error.details?.heldCredits !== 0;
}

/** Submits a command, and tells the observer of low balances the balance that the command left. */
async function submitAndNotice<C extends WalletCommand>(
  deps: LedgerNeeds,
  address: WalletAddress,
  command: C,
): Promise<CommandResult<C>> {
  try {
    const result = await deps.wallets.submit(address, command);
    const { balanceAfterCredits, amountCredits } = result.entry;
    deps.lowBalances.notice(address, balanceAfterCredits, balanceAfterCredits - amountCredits);
    return result;
  } catch (error) {
    if (error instanceof InsufficientCredits) {
      deps.lowBalances.notice(address, error.availableCredits, error.availableCredits);
    }
    throw error;
  }
}
