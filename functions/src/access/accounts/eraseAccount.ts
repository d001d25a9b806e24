import { erasePage } from './erasePage.ts';
import type { AccountsNeeds } from './needs.ts';

/** Pages that one request erases at most; the sweep erases the rest of a larger account. */
const PAGES_PER_REQUEST = 60;

/**
 * Erases the personal data of a deleted account's owner, as much as one request has time for, and keeps the record of
 * credits and money. Repeating the erasure changes nothing.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function eraseAccount(deps: AccountsNeeds, accountId: string): Promise<void> {
  const account = await deps.accounts.find(accountId);
  if (!account?.deletedAt) return;
  let position = await erasePage(deps, account, null);
  for (let pages = 1; position !== null && pages < PAGES_PER_REQUEST; pages += 1) {
    position = await erasePage(deps, account, position);
  }
}
