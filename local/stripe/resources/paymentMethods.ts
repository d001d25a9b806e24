import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { isTestCardName, type TestCard, testCards } from '../testCards.ts';

/** The payer's details, from a page's form or from the customer. */
export interface Payer {
  email: string | null;
  name: string | null;
}

/** Creates a card from a test card. */
export function createCard(account: LocalAccount, card: TestCard, payer: Payer): Stripe.PaymentMethod {
  return account.paymentMethods.add({
    ...blankPaymentMethod(account, payer),
    type: 'card',
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand,
      exp_month: 12,
      exp_year: new Date(account.clock.nowSeconds() * 1000).getUTCFullYear() + 3,
      fingerprint: `local${card.brand}${card.last4}`,
      funding: 'credit',
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  });
}

/** Creates a bank account, whose debits take days to settle. Its type is the usual type for the currency. */
export function createBankAccount(account: LocalAccount, currency: string, payer: Payer): Stripe.PaymentMethod {
  return account.paymentMethods.add({ ...blankPaymentMethod(account, payer), ...bankAccountDetails(currency) });
}

function bankAccountDetails(currency: string): Pick<Stripe.PaymentMethod, 'type'> & Partial<Stripe.PaymentMethod> {
  if (currency === 'usd') {
    return {
      type: 'us_bank_account',
      us_bank_account: {
        account_holder_type: 'individual',
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        financial_connections_account: null,
        fingerprint: 'localusbank6789',
        last4: '6789',
        networks: { preferred: 'ach', supported: ['ach'] },
        routing_number: '110000000',
        status_details: {},
      },
    };
  }
  if (currency === 'gbp') {
    return {
      type: 'bacs_debit',
      bacs_debit: { fingerprint: 'localbacs2345', last4: '2345', sort_code: '108800' },
    };
  }
  return {
    type: 'sepa_debit',
    sepa_debit: {
      bank_code: '37040044',
      branch_code: '',
      country: 'DE',
      fingerprint: 'localsepa3000',
      generated_from: { charge: null, setup_attempt: null },
      last4: '3000',
    },
  };
}

function blankPaymentMethod(account: LocalAccount, payer: Payer): Omit<Stripe.PaymentMethod, 'type'> {
  return {
    id: createId('pm_1', 23),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: payer.email, name: payer.name, phone: null, tax_id: null },
    created: account.clock.nowSeconds(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
  };
}

/**
 * Returns the payment method with an id. As at Stripe, the id of a test card creates a new card of that kind.
 *
 * @param param the request parameter that has the id; undefined when the id is in the path
 * @throws StripeError `resource_missing`, or when the method was detached
 */
export function usePaymentMethod(account: LocalAccount, id: string, param?: string): Stripe.PaymentMethod {
  if (!isTestCardName(id)) return requireNotDetached(account.paymentMethods.get(id, param), param);
  const method = createCard(account, testCards[id], { email: null, name: null });
  account.testCardByMethod.set(method.id, id);
  return method;
}

/**
 * Saves a payment method to a customer, after a check with its bank.
 *
 * @throws StripeError 402 when the bank declines the card
 */
export function attach(account: LocalAccount, id: string, customerId: string): Stripe.PaymentMethod {
  const customer = account.customers.get(customerId, 'customer');
  const method = usePaymentMethod(account, id);
  if (method.customer && idOf(method.customer) !== customer.id) {
    throw StripeError.invalid('The payment method you provided has already been attached to a customer.');
  }
  const name = account.testCardByMethod.get(method.id);
  const { behavior } = testCards[name ?? 'pm_card_visa'];
  if (behavior.kind === 'declines' && name !== 'pm_card_chargeCustomerFail') {
    const { code, decline_code, message } = behavior.decline;
    throw new StripeError(402, 'card_error', message, { code, decline_code });
  }
  if (method.customer) return method;
  method.customer = customer.id;
  account.emit('payment_method.attached', method);
  return method;
}

/** Payment methods that were detached from a customer and cannot be used again. */
const detached = new WeakSet<Stripe.PaymentMethod>();

/** Detaches a payment method without an event. */
export function letGo(method: Stripe.PaymentMethod): void {
  method.customer = null;
  detached.add(method);
}

function requireNotDetached(method: Stripe.PaymentMethod, param: string | undefined): Stripe.PaymentMethod {
  if (!detached.has(method)) return method;
  throw StripeError.invalid(
    'The provided PaymentMethod was detached from a Customer, and may not be used again.',
    param === undefined ? {} : { param },
  );
}

/**
 * Detaches a saved payment method from its customer.
 *
 * @throws StripeError when the method isn't attached to a customer
 */
export function detach(account: LocalAccount, id: string): Stripe.PaymentMethod {
  const method = account.paymentMethods.get(id);
  const owner = account.customers.find(idOf(method.customer) ?? '');
  if (!owner) {
    throw StripeError.invalid(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    );
  }
  const before = structuredClone(method);
  letGo(method);
  if (owner.invoice_settings.default_payment_method === method.id) owner.invoice_settings.default_payment_method = null;
  account.emit('payment_method.detached', method, previousAttributes(before, method));
  return method;
}

/** Returns a customer's saved payment methods, newest first. */
export function savedMethods(
  account: LocalAccount,
  customer: string | undefined,
  type: Stripe.PaymentMethod.Type | undefined,
): Stripe.PaymentMethod[] {
  if (customer !== undefined) account.customers.get(customer, 'customer');
  return account.paymentMethods
    .newestFirst()
    .filter(
      (method) =>
        method.customer !== null &&
        (customer ?? idOf(method.customer)) === idOf(method.customer) &&
        (type ?? method.type) === method.type,
    );
}

export const paymentMethods: Resource = {
  routes: [
    defineRoute<Stripe.PaymentMethodAttachParams>({
      method: 'POST',
      path: '/v1/payment_methods/{id}/attach',
      accepts: ['customer'],
      handle: ({ account, params, id }) => {
        if (params.customer === undefined) throw StripeError.missingParameter('customer');
        return attach(account, id, params.customer);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/payment_methods/{id}/detach',
      accepts: [],
      handle: ({ account, id }) => detach(account, id),
    }),
    defineRoute<Stripe.PaymentMethodListParams>({
      method: 'GET',
      path: '/v1/payment_methods',
      accepts: [...LIST_PARAMETERS, 'customer', 'type'],
      handle: ({ account, params, path }) => {
        return paginate(savedMethods(account, params.customer, params.type), params, path);
      },
    }),
    defineRoute<Stripe.CustomerListPaymentMethodsParams>({
      method: 'GET',
      path: '/v1/customers/{id}/payment_methods',
      accepts: [...LIST_PARAMETERS, 'type'],
      handle: ({ account, params, id, path }) => {
        return paginate(savedMethods(account, account.customers.get(id).id, params.type), params, path);
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/payment_methods/{id}',
      accepts: [],
      handle: ({ account, id }) => account.paymentMethods.get(id),
    }),
  ],
};
