import type { Deps } from '../deps.ts';
import { AppError } from '../shared/appError.ts';
import { derivedId, randomId, requestHash } from '../shared/ids.ts';
import { addSeconds } from '../shared/time.ts';
import { deletionBlockers } from './account.ts';
import { eraseAccount } from './eraseAccount.ts';
import { openBusinessOf } from './openBusiness.ts';

const DELETIONS_PER_RUN = 100;
const RETRY_SECONDS = 60 * 60;

/**
 * The second round of deletions, and the first of those that a crash cut short: erases again what was made meanwhile,
 * and closes the wallets. While a payment is still open its wallet stays, so that money that comes is booked.
 * Gives how many are done.
 */
export async function sweepDeletions(deps: Deps): Promise<number> {
  const now = deps.clock();
  let done = 0;
  for (const { id } of await deps.accounts.listErasuresDue(now, DELETIONS_PER_RUN)) {
    try {
      if (await finish(deps, id)) done += 1;
    } catch (error) {
      deps.logger.error('deletion failed', { accountId: id, cause: error instanceof Error ? error.stack : error });
      await deps.accounts.setDeletion(id, { erasureDueAt: addSeconds(now, RETRY_SECONDS) });
    }
  }
  return done;
}

async function finish(deps: Deps, accountId: string): Promise<boolean> {
  await eraseAccount(deps, accountId);
  const blockers = deletionBlockers(await openBusinessOf(deps, accountId));
  const isOpen = blockers.some(({ kind }) => kind !== 'subscription');
  if (!isOpen) for (const walletId of await deps.wallets.listIds(accountId)) await close(deps, accountId, walletId);
  await deps.accounts.setDeletion(accountId, {
    erasureDueAt: isOpen ? addSeconds(deps.clock(), RETRY_SECONDS) : null,
  });
  return !isOpen;
}

async function close(deps: Deps, accountId: string, walletId: string): Promise<void> {
  const seen = ['delete', accountId, walletId];
  const command = {
    type: 'close',
    entryId: derivedId('txn', ...seen),
    commandId: randomId('cmd'),
    requestHash: requestHash(seen),
    now: deps.clock(),
  } as const;
  try {
    await deps.wallets.submit({ accountId, walletId }, command);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'WALLET_CLOSED')) throw error;
  }
}
