import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

const AVAILABLE_AFTER_SECONDS = 2 * 24 * 60 * 60;

/** A movement of money on the account's balance. */
export interface Movement {
  type: Stripe.BalanceTransaction['type'];
  reportingCategory: string;
  /** Signed amount in minor units. */
  amount: number;
  /** Fee in minor units; not negative. */
  fee: number;
  currency: string;
  /** Id of the charge, refund or dispute that moved the money. */
  source: string;
  description: string | null;
}

/** Adds the balance transaction of a movement. */
export function bookMovement(account: LocalAccount, movement: Movement): Stripe.BalanceTransaction {
  const { amount, fee, currency } = movement;
  const now = account.clock.nowSeconds();
  return account.balanceTransactions.add({
    id: createId('txn_3', 23),
    object: 'balance_transaction',
    amount,
    available_on: now + AVAILABLE_AFTER_SECONDS,
    balance_type: 'payments',
    created: now,
    currency,
    description: movement.description,
    exchange_rate: null,
    fee,
    fee_details:
      fee > 0
        ? [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }]
        : [],
    net: amount - fee,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: 'pending',
    type: movement.type,
  });
}

export const balanceTransactions: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/balance_transactions/{id}',
      accepts: [],
      handle: ({ account, id }) => account.balanceTransactions.get(id),
    }),
    defineRoute<Stripe.BalanceTransactionListParams>({
      method: 'GET',
      path: '/v1/balance_transactions',
      accepts: [...LIST_PARAMETERS, 'created', 'currency', 'source', 'type'],
      handle: ({ account, params, path }) => {
        const found = account.balanceTransactions
          .newestFirst()
          .filter(
            (movement) =>
              isCreatedWithin(movement.created, params.created) &&
              (params.currency ?? movement.currency) === movement.currency &&
              (params.source ?? idOf(movement.source)) === idOf(movement.source) &&
              (params.type ?? movement.type) === movement.type,
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
