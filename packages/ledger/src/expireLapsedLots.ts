import { derivedId, type IsoTime, randomId, requestHash, sweep } from '@cloud-bridge/base';
import { hasEffect } from './hasEffect.ts';
import type { LedgerNeeds } from './needs.ts';
import { type Wallet, walletKey } from './wallet.ts';

/**
 * Posts the end of all lots whose time has come; says in how many wallets. What the scheduled function does.
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
  // Lots can be given again with a deadline that was swept before: only the sequence tells the two times apart. Two
  // sweepers that saw the same wallet make one entry; for one that saw an older wallet nothing is left to lapse.
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
