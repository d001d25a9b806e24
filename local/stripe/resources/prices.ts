import { defineRoute, type Resource } from '../api/ApiRoute.ts';
import { createId } from '../ids.ts';
import type { LocalAccount, WirePrice } from '../LocalAccount.ts';

/** Adds the one-time price that a Checkout session describes in place. */
export function createInlinePrice(
  account: LocalAccount,
  { product, currency, unitAmount }: { product: string; currency: string; unitAmount: number },
): WirePrice {
  return account.prices.add({
    id: createId('price_1', 23),
    object: 'price',
    active: false,
    billing_scheme: 'per_unit',
    created: account.clock.nowSeconds(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product,
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  });
}

export const prices: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/prices/{id}',
      accepts: [],
      handle: ({ account, id }) => account.prices.get(id),
    }),
  ],
};
