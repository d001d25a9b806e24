import { defineRoute, type Resource } from '../api/ApiRoute.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../LocalAccount.ts';
import { mergeMetadata } from '../metadata.ts';

/** Adds the product that a Checkout session describes in place; like at Stripe it is not for sale otherwise. */
export function createInlineProduct(
  account: LocalAccount,
  data: Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData,
): Stripe.Product {
  const now = account.clock.nowSeconds();
  return account.products.add({
    id: createId('prod_', 14),
    object: 'product',
    active: false,
    created: now,
    default_price: null,
    description: data.description ?? null,
    images: data.images ?? [],
    livemode: false,
    marketing_features: [],
    metadata: mergeMetadata(null, data.metadata),
    name: data.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: now,
    url: null,
  });
}

export const products: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/products/{id}',
      accepts: [],
      handle: ({ account, id }) => account.products.get(id),
    }),
  ],
};
