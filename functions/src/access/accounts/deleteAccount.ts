import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import { MAIN_WALLET_ID } from '@cloud-bridge/ledger';
import type { Deps } from '../../main/compose.ts';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { credentialNotAllowed } from '../../platform/http/http.errors.ts';
import { deletionBlockers, type OpenBusiness } from './account.ts';
import { accountInUse, creditsLeft, otherAccount } from './accounts.errors.ts';
import { eraseAccount } from './eraseAccount.ts';
import { openBusinessOf } from './openBusiness.ts';

/** By then every process has noticed, and what it had begun before is there to be found. */
const SECOND_ROUND_SECONDS = 60;

export interface DeletionRequest {
  readonly accountId: string;
  readonly forfeitCredits: boolean;
}

/**
 * Deletes the caller's account for good. First nobody may act for it any more, then it is looked at, then everything
 * goes that tells who the owner was; the sweep does the same once more, and finishes what a crash left.
 * Throws 403 (a management key, or another account), 409 (something is open, or credits are left), 502 or 503 (provider).
 */
export async function deleteAccount(
  deps: Deps,
  caller: AccountCaller,
  { accountId, forfeitCredits }: DeletionRequest,
): Promise<IsoTime> {
  if (caller.via !== 'idToken') throw credentialNotAllowed('Only the owner may delete the account, with an ID token.');
  if (accountId !== caller.accountId) throw otherAccount();
  refuseWhileOpen(await openBusinessOf(deps, accountId), forfeitCredits);
  const deletedAt = deps.clock();
  await deps.accounts.setDeletion(accountId, {
    deletedAt,
    erasureDueAt: addSeconds(deletedAt, SECOND_ROUND_SECONDS),
  });
  await reopenIfOpen(deps, accountId, forfeitCredits);
  await eraseAccount(deps, accountId);
  return deletedAt;
}

/** What began between the first look and the mark would be cut off: then the account stays. */
async function reopenIfOpen(deps: Deps, accountId: string, forfeitCredits: boolean): Promise<void> {
  const open = await openBusinessOf(deps, accountId);
  try {
    refuseWhileOpen(open, forfeitCredits);
  } catch (error) {
    await deps.accounts.reopen(accountId);
    throw error;
  }
}

function refuseWhileOpen(open: OpenBusiness, forfeitCredits: boolean): void {
  const blockers = deletionBlockers(open);
  if (blockers.length > 0) throw accountInUse(blockers);
  const left = open.wallets.find(({ id }) => id === MAIN_WALLET_ID)?.availableCredits ?? 0;
  if (left > 0 && !forfeitCredits) throw creditsLeft(left);
}
