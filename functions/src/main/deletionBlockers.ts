import type { Wallet } from '@cloud-bridge/ledger';
import type { DeletionBlocker } from '../access/accounts/deletion.ts';
import type { AutoTopUp } from '../sales/autoTopUps/autoTopUp.ts';
import type { Order } from '../sales/orders/order.ts';
import { isOver, type Subscription } from '../sales/subscriptions/subscription.ts';

/** What an account has open. */
export interface OpenBusiness {
  readonly subscriptions: readonly Subscription[];
  readonly pendingOrders: readonly Order[];
  readonly wallets: readonly Wallet[];
  readonly autoTopUp: AutoTopUp | null;
}

/** What stands in the way of deletion: whatever could still take the owner's money, or is being paid for. */
export function deletionBlockers(open: OpenBusiness): DeletionBlocker[] {
  const { subscriptions, pendingOrders, wallets, autoTopUp } = open;
  return [
    ...subscriptions.filter(goesOn).map(({ id }) => ({ kind: 'subscription', id }) as const),
    ...pendingOrders.map(({ id, checkout }) => ({ kind: 'order', id, until: checkout?.expiresAt ?? null }) as const),
    ...wallets
      .filter(({ heldCredits }) => heldCredits > 0)
      .map(({ id, heldCredits }) => ({ kind: 'holds', walletId: id, heldCredits }) as const),
    ...(autoTopUp?.inFlight ? [{ kind: 'autoTopUp' } as const] : []),
  ];
}

/** True for one that would charge the owner again, or may still begin. One that ends by itself is only cut short. */
function goesOn(subscription: Subscription): boolean {
  if (isOver(subscription)) return false;
  const endsByItself = subscription.ordered.interval === 'term' || subscription.cancelAtPeriodEnd;
  return subscription.status === 'pending' || !endsByItself;
}
