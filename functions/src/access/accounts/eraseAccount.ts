import { erasePage } from './erasePage.ts';
import type { AccountsNeeds } from './needs.ts';

/** What a request may take on; of anything larger the rest is the sweep's. */
const PAGES_PER_REQUEST = 60;

/**
 * Takes away what tells who the owner of a deleted account was, as far as a request has time for it, and keeps what
 * happened to the credits and the money. Doing it again changes nothing.
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
