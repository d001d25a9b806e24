import { derivedId } from '@cloud-bridge/base';
import Stripe from 'stripe';
import type { BillingDetails, CustomerDetails, CustomerProvider } from '../../sales/payments/customerProvider.ts';
import { callStripe } from './callStripe.ts';

/** Number of cards, and of tax ids, that are read of a customer: more than any customer has. */
const MAX_LISTED = 500;
const NO_DETAILS: BillingDetails = { email: null, name: null, phone: null, address: null, taxIds: [] };

/** Creates, reads and erases customers at Stripe. An account has a customer there before it pays. */
export class StripeCustomers implements CustomerProvider {
  readonly #client: () => Stripe;

  constructor(client: () => Stripe) {
    this.#client = client;
  }

  async createCustomer({ accountId, email, replaces }: CustomerDetails): Promise<string> {
    const customer = await callStripe(() =>
      this.#client().customers.create(
        { ...(email && { email }), metadata: { accountId } },
        // Stripe repeats its answer for a known key, even if the customer was deleted since, so a replacement customer
        // has its own key.
        { idempotencyKey: derivedId('customer', accountId, ...(replaces === undefined ? [] : [replaces])) },
      ),
    );
    return customer.id;
  }

  async readDetails(customerId: string): Promise<BillingDetails> {
    return billingDetailsOf(this.#client(), customerId);
  }

  async forgetCustomer(customerId: string): Promise<void> {
    await forgetStripeCustomer(this.#client(), customerId);
  }
}

/**
 * Returns the billing details of a customer; empty details if Stripe doesn't have the customer any more.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
function billingDetailsOf(client: Stripe, customerId: string): Promise<BillingDetails> {
  return callStripe(async () => {
    const customer = await findCustomer(client, customerId);
    if (!customer) return NO_DETAILS;
    const { email, name, phone, address } = customer;
    const taxIds = (await taxIdsOf(client, customerId)).map(({ type, value }) => ({ type, value }));
    return { email, name: name ?? null, phone: phone ?? null, address: address ? { ...address } : null, taxIds };
  });
}

/**
 * Erases a customer's cards, tax ids and personal data. Does nothing if Stripe doesn't have the customer any more.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
function forgetStripeCustomer(client: Stripe, customerId: string): Promise<void> {
  return callStripe(async () => {
    if (!(await findCustomer(client, customerId))) return;
    const methods = client.customers.listPaymentMethods(customerId, { limit: 100 });
    for (const { id } of await methods.autoPagingToArray({ limit: MAX_LISTED })) {
      await orGone(client.paymentMethods.detach(id));
    }
    for (const { id } of await taxIdsOf(client, customerId)) await orGone(client.taxIds.del(id));
    const nothing = { email: '', name: '', phone: '', description: '', address: '', shipping: '' } as const;
    await client.customers.update(customerId, nothing);
  });
}

async function findCustomer(client: Stripe, customerId: string): Promise<Stripe.Customer | null> {
  const customer = await orGone(client.customers.retrieve(customerId));
  return customer && !customer.deleted ? customer : null;
}

function taxIdsOf(client: Stripe, customerId: string): Promise<Stripe.TaxId[]> {
  const owner = { type: 'customer', customer: customerId } as const;
  return client.taxIds.list({ owner, limit: 100 }).autoPagingToArray({ limit: MAX_LISTED });
}

/** Returns Stripe's answer; null if Stripe doesn't have the object, or somebody else has removed it. */
async function orGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return null;
    throw error;
  }
}
