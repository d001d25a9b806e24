import { derivedId, type IsoTime, randomId, requestHash, sweep } from '@cloud-bridge/base';
import { hasEffect } from './hasEffect.ts';
import type { LedgerNeeds } from './needs.ts';
import { type Wallet, walletKey } from './wallet.ts';

/**
 * Posts the expiry of all lapsed lots, as a schedule does; returns the number of wallets.
 * @throws WALLET_BUSY
 */
export function expireLapsedLots(deps: Omit<LedgerNeeds, 'lowBalances'>): Promise<number> {
  const now = deps.clock();
  return sweep(
    deps.logger,
    (limit, offset) => deps.wallets.listWalletsWithLapsedLots(now, { limit, offset }),
    (wallet) => expireLotsOf(deps, wallet, now),
    ({ accountId, id }) => walletKey({ accountId, walletId: id }),
  );
}

function expireLotsOf(deps: Omit<LedgerNeeds, 'lowBalances'>, wallet: Wallet, now: IsoTime): Promise<boolean> {
  const { id: walletId, accountId, nextExpiryAt, sequence } = wallet;
  // A wallet may get a lot with a deadline that was swept before; only the sequence tells the two expiries apart. Two
  // sweepers that saw the same wallet create one entry; a sweeper that saw an older wallet finds nothing left to
  // expire.
  const seen = ['lot expiry', accountId, walletId, String(nextExpiryAt), String(sequence)];
  return hasEffect(
    deps.wallets.submit(
      { accountId, walletId },
      {
        type: 'expireLots',
        entryId: derivedId('txn', ...seen),
        commandId: randomId('cmd'),
        requestHash: requestHash(seen),
        now,
      },
    ),
  );
}
