import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { ERASED_AT_ONCE, stepAfter, timeOfStep } from '../../platform/accountData/erasures.ts';
import { timed, timeOf } from '../../platform/accountData/sections.ts';
import type { OrdersNeeds } from './needs.ts';

/** Pending orders that a deletion lists as blockers; more than an account has at once. */
const MAX_PENDING = 500;

/** Exports an account's orders and erases their personal links. Pending orders block the account's deletion. */
export function ordersKeeper({ clock, orders }: Pick<OrdersNeeds, 'clock' | 'orders'>): AccountKeeper {
  return {
    blockers: async (accountId) => {
      const pending = await orders.list(accountId, { by: 'createdAt', status: 'pending', limit: MAX_PENDING });
      return pending.map(({ id, checkout }) => ({ kind: 'order', id, until: checkout?.expiresAt ?? null }) as const);
    },
    sections: {
      orders: async (id, limit, after) =>
        timed(await orders.list(id, { by: 'createdAt', limit, after: timeOf(after) }), limit),
    },
    erasures: {
      orders: async ({ id: accountId }, after) => {
        const page = await orders.list(accountId, { by: 'createdAt', limit: ERASED_AT_ONCE, after: timeOfStep(after) });
        await orders.eraseLinks(page, clock());
        return stepAfter(page, ERASED_AT_ONCE);
      },
    },
  };
}
