import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';

/** Creates the product that a Checkout session describes by `price_data`. As at Stripe, the product is inactive. */
export function createInlineProduct(
  account: LocalAccount,
  data: Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData,
): Stripe.Product {
  return account.products.add({ ...blankProduct(account, data), images: data.images ?? [], active: false });
}

/**
 * Creates a product, with the caller's id if the caller gives one, and emits its event.
 *
 * @throws StripeError `resource_already_exists` when the id is taken
 */
export function createProduct(account: LocalAccount, params: Stripe.ProductCreateParams): Stripe.Product {
  if (params.id !== undefined && account.products.find(params.id)) {
    throw StripeError.invalid('Product already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  const product = blankProduct(account, params);
  account.products.add({ ...product, id: params.id ?? product.id, active: params.active ?? true });
  const added = account.products.get(params.id ?? product.id);
  account.emit('product.created', added);
  return added;
}

function blankProduct(
  account: LocalAccount,
  data: Pick<Stripe.ProductCreateParams, 'name' | 'description' | 'metadata'>,
): Stripe.Product {
  const now = account.clock.nowSeconds();
  return {
    id: createId('prod_', 14),
    object: 'product',
    active: true,
    created: now,
    default_price: null,
    description: data.description ?? null,
    images: [],
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
  };
}

function updateProduct(account: LocalAccount, id: string, params: Stripe.ProductUpdateParams): Stripe.Product {
  const product = account.products.get(id);
  const before = structuredClone(product);
  product.metadata = mergeMetadata(product.metadata, params.metadata);
  if (params.name !== undefined) product.name = params.name;
  if (params.active !== undefined) product.active = params.active;
  if (params.description !== undefined) product.description = params.description || null;
  const previous = previousAttributes(before, product);
  if (previous) {
    product.updated = account.clock.nowSeconds();
    account.emit('product.updated', product, previous);
  }
  return product;
}

export const products: Resource = {
  routes: [
    defineRoute<Stripe.ProductCreateParams>({
      method: 'POST',
      path: '/v1/products',
      accepts: ['active', 'description', 'id', 'metadata', 'name'],
      handle: ({ account, params }) => createProduct(account, params),
    }),
    defineRoute<Stripe.ProductUpdateParams>({
      method: 'POST',
      path: '/v1/products/{id}',
      accepts: ['active', 'description', 'metadata', 'name'],
      handle: ({ account, params, id }) => updateProduct(account, id, params),
    }),
    defineRoute<Stripe.ProductListParams>({
      method: 'GET',
      path: '/v1/products',
      accepts: [...LIST_PARAMETERS, 'active', 'created', 'ids'],
      handle: ({ account, params, path }) => {
        const found = account.products
          .newestFirst()
          .filter(
            (product) =>
              isCreatedWithin(product.created, params.created) &&
              (params.active ?? product.active) === product.active &&
              (params.ids?.includes(product.id) ?? true),
          );
        return paginate(found, params, path);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/products/{id}',
      accepts: [],
      handle: ({ account, id }) => account.products.get(id),
    }),
  ],
};
