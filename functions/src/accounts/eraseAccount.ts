import { keysOfAccount } from '../apiKeys/keysOfAccount.ts';
import type { Deps } from '../deps.ts';
import { endSubscription } from '../subscriptions/endSubscription.ts';
import { isOver } from '../subscriptions/subscription.ts';
import type { Account } from './account.ts';
import { eraseNotifications } from './eraseNotifications.ts';

type Erasure = (deps: Deps, account: Account) => Promise<void>;

/** How many entries or orders are changed in one commit. */
const PAGE_SIZE = 200;

/** Everything that goes, in this order; the user last, so that a crash before leaves the owner able to see it. */
const ERASURES: readonly Erasure[] = [
  revokeKeys,
  endSubscriptions,
  forgetAtProvider,
  (deps, { id }) => deps.autoTopUps.delete(id),
  (deps, { id }) => deps.invoicing.delete(id),
  (deps, { id }) => deps.checkIns.delete(id),
  (deps, { id }) => deps.deposits.deleteAddress(id),
  eraseLedgerTexts,
  eraseOrderTexts,
  (deps, { id }) => deps.deliveries.eraseTexts(id),
  (deps, { id }) => deps.integrations.eraseNames(id),
  (deps, { id }) => eraseNotifications(deps, id),
  (deps, { id }) => deps.accounts.erasePersonalData(id),
  (deps, { id }) => deps.users.delete(id),
];

/**
 * Takes away what tells who the owner of a deleted account was, and keeps what happened to the credits and the money.
 * Doing it again changes nothing. Throws AppError 502/503 when the provider can't be reached.
 */
export async function eraseAccount(deps: Deps, accountId: string): Promise<void> {
  const account = await deps.accounts.find(accountId);
  if (!account?.deletedAt) return;
  for (const erase of ERASURES) await erase(deps, account);
}

/** A key's name is its owner's words, and its IP list says where they are. */
async function revokeKeys(deps: Deps, { id: accountId }: Account): Promise<void> {
  const now = deps.clock();
  for (const { id } of await keysOfAccount(deps, accountId)) {
    await deps.apiKeys.change(accountId, id, (key) => ({
      revokedAt: key.revokedAt ?? now,
      name: 'erased',
      allowedIps: null,
    }));
  }
}

/** Only those are left that renew no more. */
async function endSubscriptions(deps: Deps, { id: accountId }: Account): Promise<void> {
  for (const subscription of await deps.subscriptions.list(accountId, PAGE_SIZE)) {
    if (!isOver(subscription)) await endSubscription(deps, subscription);
  }
}

/** The provider keeps its payments, with a customer who has no name. */
async function forgetAtProvider(deps: Deps, { customerIds }: Account): Promise<void> {
  if (customerIds?.stripe) await deps.cards.forgetCustomer(customerIds.stripe);
}

async function eraseLedgerTexts(deps: Deps, { id: accountId }: Account): Promise<void> {
  for (const walletId of await deps.wallets.listIds(accountId)) {
    let after: number | null = 0;
    while (after !== null) after = await deps.wallets.eraseTexts({ accountId, walletId }, after, PAGE_SIZE);
  }
}

/** The addresses of the owner's own pages may tell who they are. */
async function eraseOrderTexts(deps: Deps, { id: accountId }: Account): Promise<void> {
  let after: Parameters<Deps['orders']['list']>[1]['after'];
  for (;;) {
    const page = await deps.orders.list(accountId, { by: 'createdAt', limit: PAGE_SIZE, after });
    await deps.orders.eraseUrls(page);
    if (page.length < PAGE_SIZE) return;
    after = page.at(-1);
  }
}
