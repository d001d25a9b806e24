import type { Deps } from '../../main/compose.ts';
import type { OpenBusiness } from './account.ts';

/** More than anybody has open at once. */
const MAX_OPEN = 500;

/** What an account has open now. */
export async function openBusinessOf(deps: Deps, accountId: string): Promise<OpenBusiness> {
  const now = deps.clock();
  const walletIds = await deps.wallets.listIds(accountId);
  const [subscriptions, pendingOrders, autoTopUp, wallets] = await Promise.all([
    deps.subscriptions.list(accountId, MAX_OPEN),
    deps.orders.list(accountId, { by: 'createdAt', status: 'pending', limit: MAX_OPEN }),
    deps.autoTopUps.find(accountId),
    Promise.all(walletIds.map((walletId) => deps.wallets.read({ accountId, walletId }, now))),
  ]);
  return { subscriptions, pendingOrders, autoTopUp, wallets };
}
