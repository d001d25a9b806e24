import type { Deps } from '../deps.ts';
import { AppError } from '../shared/appError.ts';
import { derivedId, randomId, requestHash } from '../shared/ids.ts';
import type { IsoTime } from '../shared/time.ts';
import type { ReleaseCommand } from '../wallets/commands.ts';
import type { Entry } from '../wallets/entry.ts';
import type { WalletAddress } from '../wallets/wallets.store.ts';

/** How many holds one pass takes on. */
const PAGE_SIZE = 200;

/** Gives back what lapsed holds of one wallet had set aside; says how many there were. */
export async function expireLapsedHolds(deps: Deps, address: WalletAddress, now: IsoTime): Promise<number> {
  return expireAll(deps, await deps.wallets.listLapsedHolds(address, now, PAGE_SIZE), now);
}

/** The same for all wallets, page after page: what the scheduled sweeper does. */
export async function expireLapsedHoldsEverywhere(deps: Deps): Promise<number> {
  const now = deps.clock();
  let expired = 0;
  for (;;) {
    const page = await deps.wallets.listLapsedHoldsEverywhere(now, PAGE_SIZE);
    const count = await expireAll(deps, page, now);
    expired += count;
    // A page in which nothing could be expired would come again for ever.
    if (page.length < PAGE_SIZE || count === 0) return expired;
  }
}

async function expireAll(deps: Deps, holds: readonly Entry[], now: IsoTime): Promise<number> {
  const results = await Promise.all(holds.map((hold) => expireHold(deps, hold, now)));
  return results.filter(Boolean).length;
}

/** Expires one lapsed hold; false if somebody else settled it first, or it isn't lapsed after all. */
export async function expireHold(
  deps: Deps,
  hold: Pick<Entry, 'id' | 'accountId' | 'walletId'>,
  now: IsoTime,
): Promise<boolean> {
  const command: ReleaseCommand = {
    type: 'expireHold',
    entryId: derivedId('txn', 'hold expiry', hold.id),
    commandId: randomId('cmd'),
    requestHash: requestHash(['hold expiry', hold.id]),
    now,
    chargeId: hold.id,
  };
  try {
    await deps.wallets.submit({ accountId: hold.accountId, walletId: hold.walletId }, command);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.httpStatus < 500) return false;
    throw error;
  }
}
