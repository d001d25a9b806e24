import type { Deps } from '../deps.ts';
import { derivedId, randomId, requestHash } from '../shared/ids.ts';
import type { IsoTime } from '../shared/time.ts';
import type { Wallet } from '../wallets/wallet.ts';
import { sweep, unlessRefused } from './sweep.ts';

/** Posts the end of all lots whose time has come; says in how many wallets. What the scheduled function does. */
export function expireLapsedLots(deps: Deps): Promise<number> {
  const now = deps.clock();
  return sweep(
    deps.logger,
    (limit, offset) => deps.wallets.listWalletsWithLapsedLots(now, { limit, offset }),
    (wallet) => expireLotsOf(deps, wallet, now),
  );
}

function expireLotsOf(deps: Deps, { id: walletId, accountId, nextExpiryAt }: Wallet, now: IsoTime): Promise<boolean> {
  const seen = ['lot expiry', String(nextExpiryAt)];
  return unlessRefused(
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
