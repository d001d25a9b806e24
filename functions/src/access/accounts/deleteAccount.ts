import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { credentialNotAllowed } from '../../platform/http/http.errors.ts';
import { accountInUse, creditsLeft, otherAccount } from './accounts.errors.ts';
import { eraseAccount } from './eraseAccount.ts';
import type { AccountsNeeds } from './needs.ts';
import { blockersOf, creditsLeftOf } from './openBusiness.ts';

/** By then every process has noticed, and what it had begun before is there to be found. */
const SECOND_ROUND_SECONDS = 60;

export interface DeletionRequest {
  readonly accountId: string;
  readonly forfeitCredits: boolean;
}

/**
 * Deletes the caller's account for good. First nobody may act for it any more, then it is looked at, then everything
 * goes that tells who the owner was; the sweep does the same once more, and finishes what a crash left.
 * @throws CREDENTIAL_NOT_ALLOWED for a management key, ACCOUNT_MISMATCH for another account, ACCOUNT_IN_USE when
 *   something is open, CREDITS_LEFT, PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function deleteAccount(
  deps: AccountsNeeds,
  caller: AccountCaller,
  { accountId, forfeitCredits }: DeletionRequest,
): Promise<IsoTime> {
  if (caller.via !== 'idToken') throw credentialNotAllowed('Only the owner may delete the account, with an ID token.');
  if (accountId !== caller.accountId) throw otherAccount();
  await refuseWhileOpen(deps, accountId, forfeitCredits);
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
async function reopenIfOpen(deps: AccountsNeeds, accountId: string, forfeitCredits: boolean): Promise<void> {
  try {
    await refuseWhileOpen(deps, accountId, forfeitCredits);
  } catch (error) {
    await deps.accounts.reopen(accountId);
    throw error;
  }
}

async function refuseWhileOpen(deps: AccountsNeeds, accountId: string, forfeitCredits: boolean): Promise<void> {
  const blockers = await blockersOf(deps, accountId);
  if (blockers.length > 0) throw accountInUse(blockers);
  const left = forfeitCredits ? 0 : await creditsLeftOf(deps, accountId);
  if (left > 0) throw creditsLeft(left);
}
