import { derivedId, type IsoTime, isReadOnly, randomId, requestHash, sweep } from '@cloud-bridge/base';
import type { CommandResult, WalletCommand } from './commands.ts';
import type { Entry } from './entry.ts';
import { hasEffect } from './hasEffect.ts';
import { InsufficientCredits, KeyCreditLimitExceeded } from './ledger.errors.ts';
import type { LedgerNeeds } from './needs.ts';
import { type Wallet, type WalletAddress, walletKey } from './wallet.ts';

/** Gives back what lapsed holds of one wallet had set aside; says how many there were. */
function expireLapsedHolds(deps: LedgerNeeds, address: WalletAddress, now: IsoTime): Promise<number> {
  return sweep(
    deps.logger,
    (limit, offset) => deps.wallets.listLapsedHolds(address, now, { limit, offset }),
    (hold) => expireHold(deps, hold, now),
    nameOfHold,
  );
}

/**
 * The same for all wallets: what the scheduled function does.
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
 * Expires one lapsed hold; false if somebody else settled it first, or it isn't lapsed after all.
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
 * A wallet as it is now: holds whose time is over have been given back, unless the request may write nothing.
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
 * Submits a command; if credits are missing or a key's cap is used up, once more after holds whose time is over have
 * been given back.
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
      // Then the first answer stands: credits are missing as long as those holds are open.
      deps.logger.error('lapsed holds could not be expired', { ...address, cause: String(cause) });
      return 0;
    });
    if (freed === 0) throw error;
    return submitAndNotice(deps, address, command);
  }
}

/** True for a refusal that lapsed holds may be the reason of: they count as spent until somebody notices. */
function mayNeedHeldCredits(error: unknown): boolean {
  if (error instanceof KeyCreditLimitExceeded) return error.heldCredits !== 0;
  return error instanceof InsufficientCredits && error.details?.heldCredits !== 0;
}

/** Submits a command, and tells what it left behind to whoever watches for low balances. */
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
