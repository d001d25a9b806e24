import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

/**
 * Returns the customer that owns tax ids. The local account itself has no tax ids.
 *
 * @throws StripeError when the owner isn't a customer
 */
function requireOwner(account: LocalAccount, owner: Stripe.TaxIdListParams.Owner | undefined): Stripe.Customer {
  if (owner?.type === 'customer' && owner.customer !== undefined) {
    return account.customers.get(owner.customer, 'owner[customer]');
  }
  throw StripeError.missingParameter('owner[customer]');
}

function createTaxId(account: LocalAccount, params: Stripe.TaxIdCreateParams): Stripe.TaxId {
  const customer = requireOwner(account, params.owner);
  const taxId = account.taxIds.add({
    id: createId('txi_1'),
    object: 'tax_id',
    country: params.value.slice(0, 2),
    created: account.clock.nowSeconds(),
    customer: customer.id,
    customer_account: null,
    livemode: false,
    owner: { type: 'customer', customer: customer.id, customer_account: null },
    type: params.type,
    value: params.value,
    verification: { status: 'pending', verified_address: null, verified_name: null },
  });
  account.emit('customer.tax_id.created', taxId);
  return taxId;
}

export const taxIds: Resource = {
  routes: [
    defineRoute<Stripe.TaxIdCreateParams>({
      method: 'POST',
      path: '/v1/tax_ids',
      accepts: ['owner.customer', 'owner.type', 'type', 'value'],
      handle: ({ account, params }) => createTaxId(account, params),
    }),
    defineRoute<Stripe.TaxIdListParams>({
      method: 'GET',
      path: '/v1/tax_ids',
      accepts: [...LIST_PARAMETERS, 'owner.customer', 'owner.type'],
      handle: ({ account, params, path }) => {
        const { id } = requireOwner(account, params.owner);
        const found = account.taxIds.newestFirst().filter(({ customer }) => idOf(customer) === id);
        return paginate(found, params, path);
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/tax_ids/{id}',
      accepts: [],
      handle: ({ account, id }) => {
        const taxId = account.taxIds.get(id);
        account.taxIds.delete(id);
        account.emit('customer.tax_id.deleted', taxId);
        return { id, object: 'tax_id', deleted: true };
      },
    }),
  ],
};
