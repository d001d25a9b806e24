import { addSeconds, type IsoTime } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';
import { credentialNotAllowed } from '../../platform/http/http.errors.ts';
import { accountInUse, creditsLeft, otherAccount } from './accounts.errors.ts';
import { eraseAccount } from './eraseAccount.ts';
import type { AccountsNeeds } from './needs.ts';
import { blockersOf, creditsLeftOf } from './openBusiness.ts';

/** Seconds until the second round of erasure. By then every process knows of the deletion and has ended its writes. */
const SECOND_ROUND_SECONDS = 60;

export interface DeletionRequest {
  readonly accountId: string;
  readonly forfeitCredits: boolean;
}

/**
 * Deletes the caller's account permanently: checks that nothing is open, marks the account as deleted so that nobody
 * can act for it, checks again, and erases the owner's personal data. The sweep repeats the erasure, and finishes an
 * erasure that a crash interrupted.
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

/** Undoes the deletion if something was opened between the first check and the mark. */
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
