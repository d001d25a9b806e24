import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { endSubscription } from '../billing/endSubscription.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { letGo } from './paymentMethods.ts';

const WRITABLE = [
  'address',
  'description',
  'email',
  'metadata',
  'name',
  'phone',
  'preferred_locales',
  'shipping',
  'tax_exempt',
];

/**
 * Creates a customer and emits its event.
 *
 * @throws StripeError when the email address isn't valid
 */
export function createCustomer(account: LocalAccount, params: Stripe.CustomerCreateParams): Stripe.Customer {
  const testClock = params.test_clock === undefined ? null : account.testClocks.get(params.test_clock, 'test_clock');
  const customer = account.customers.add({
    id: createId('cus_', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: testClock?.frozen_time ?? account.clock.nowSeconds(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: createId('', 8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: testClock?.id ?? null,
    ...requestedFields(params, {}),
  });
  account.emit('customer.created', customer);
  return customer;
}

/** Changes a customer and emits an event about the change. */
export function updateCustomer(
  account: LocalAccount,
  id: string,
  params: Stripe.CustomerUpdateParams,
): Stripe.Customer {
  const customer = account.customers.get(id);
  const before = structuredClone(customer);
  const changes = requestedFields(params, customer.metadata);
  const defaultMethod = params.invoice_settings?.default_payment_method;
  if (defaultMethod) requireOwnMethod(account, customer, defaultMethod);
  Object.assign(customer, changes);
  if (defaultMethod !== undefined) customer.invoice_settings.default_payment_method = defaultMethod || null;
  const previous = previousAttributes(before, customer);
  if (previous) account.emit('customer.updated', customer, previous);
  return customer;
}

function requireOwnMethod(account: LocalAccount, customer: Stripe.Customer, id: string): void {
  const param = 'invoice_settings[default_payment_method]';
  if (account.paymentMethods.get(id, param).customer === customer.id) return;
  throw StripeError.invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the ` +
      'customer.',
    { code: 'resource_missing', param },
  );
}

/** Deletes a customer: subscriptions end at once, cards are detached, and payments stay. */
function deleteCustomer(account: LocalAccount, id: string): Stripe.DeletedCustomer {
  const customer = account.customers.get(id);
  for (const subscription of account.subscriptions.newestFirst()) {
    if (idOf(subscription.customer) !== id || subscription.ended_at !== null) continue;
    endSubscription(account, subscription, 'cancellation_requested');
  }
  for (const method of account.paymentMethods.newestFirst()) {
    if (idOf(method.customer) === id) letGo(method);
  }
  account.customers.delete(id);
  account.deletedCustomerIds.add(id);
  account.emit('customer.deleted', customer);
  return deleted(id);
}

function deleted(id: string): Stripe.DeletedCustomer {
  return { id, object: 'customer', deleted: true };
}

/** Returns the fields that a request sets; an empty string clears a field. */
function requestedFields(
  params: Stripe.CustomerCreateParams & Stripe.CustomerUpdateParams,
  metadata: Stripe.Metadata,
): Partial<Stripe.Customer> {
  const { address, description, email, name, phone, preferred_locales, shipping, tax_exempt } = params;
  if (email) requireEmail(email, 'email');
  return {
    ...(address !== undefined && { address: completeAddress(address) }),
    ...(description !== undefined && { description: description || null }),
    ...(email !== undefined && { email: email || null }),
    ...(name !== undefined && { name: name || null }),
    ...(phone !== undefined && { phone: phone || null }),
    ...(preferred_locales !== undefined && { preferred_locales }),
    ...(shipping !== undefined && { shipping: completeShipping(shipping) }),
    ...(tax_exempt !== undefined && { tax_exempt: tax_exempt || 'none' }),
    metadata: mergeMetadata(metadata, params.metadata),
  };
}

function completeAddress(address: Stripe.Emptyable<Stripe.AddressParam>): Stripe.Address | null {
  if (address === '' || address === null) return null;
  return { city: null, country: null, line1: null, line2: null, postal_code: null, state: null, ...address };
}

function completeShipping(shipping: Stripe.CustomerUpdateParams['shipping']): Stripe.Customer.Shipping | null {
  if (shipping === '' || !shipping) return null;
  const { address, name, phone } = shipping;
  return { address: completeAddress(address) as Stripe.Address, name, phone: phone ?? null };
}

/** @throws StripeError `email_invalid` when the address isn't valid */
export function requireEmail(email: string, param: string): void {
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return;
  throw StripeError.invalid(`Invalid email address: ${email}`, { code: 'email_invalid', param });
}

export const customers: Resource = {
  routes: [
    defineRoute<Stripe.CustomerCreateParams>({
      method: 'POST',
      path: '/v1/customers',
      accepts: [...WRITABLE, 'test_clock'],
      handle: ({ account, params }) => createCustomer(account, params),
    }),
    defineRoute<Stripe.CustomerUpdateParams>({
      method: 'POST',
      path: '/v1/customers/{id}',
      accepts: [...WRITABLE, 'invoice_settings.default_payment_method'],
      handle: ({ account, params, id }) => updateCustomer(account, id, params),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/customers/{id}',
      accepts: [],
      handle: ({ account, id }) => (account.deletedCustomerIds.has(id) ? deleted(id) : account.customers.get(id)),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/customers/{id}',
      accepts: [],
      handle: ({ account, id }) => deleteCustomer(account, id),
    }),
    defineRoute<Stripe.CustomerListParams>({
      method: 'GET',
      path: '/v1/customers',
      accepts: [...LIST_PARAMETERS, 'created', 'email'],
      handle: ({ account, params, path }) => {
        const found = account.customers
          .newestFirst()
          .filter(({ created, email }) => isCreatedWithin(created, params.created) && matches(params.email, email));
        return paginate(found, params, path);
      },
    }),
  ],
};

function matches(wanted: string | undefined, actual: string | null): boolean {
  return wanted === undefined || wanted === actual;
}
