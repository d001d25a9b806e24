import { StripeError } from '../api/stripeError.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WireLineItem } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { requireChargeable } from '../money.ts';
import { requireEmail } from '../resources/customers.ts';
import { discountLines, requireDiscount } from './discounts.ts';
import { createLine, readOffers, requireOneCurrency, type SessionMode, sumOf } from './offers.ts';
import { invoiceCreation } from './postPaymentInvoice.ts';
import { keepDataOf } from './sessionData.ts';
import { taxFields } from './tax.ts';

type Params = Stripe.Checkout.SessionCreateParams;

const EXPIRES_AFTER_SECONDS_MIN = 30 * 60;
const EXPIRES_AFTER_SECONDS_MAX = 24 * 60 * 60;

/**
 * Opens a Checkout session for a payment or a subscription.
 *
 * @param publicUrl base URL of the page
 * @throws StripeError that names the parameter, when Stripe would refuse the request
 */
export function createSession(account: LocalAccount, params: Params, publicUrl: string): Stripe.Checkout.Session {
  const mode = requireMode(params);
  const successUrl = requireUrl(params.success_url, 'success_url');
  const cancelUrl = params.cancel_url === undefined ? null : requireUrl(params.cancel_url, 'cancel_url');
  const customer = requireCustomer(account, params);
  const expiresAt = requireExpiry(account.clock.nowSeconds(), params.expires_at);
  const offers = readOffers(account, params, mode);
  const currency = requireOneCurrency(offers);
  const discount = requireDiscount(account, params.discounts, currency);
  if (discount && mode === 'subscription') requireOnce(discount.coupon);
  const subtotal = sumOf(offers);
  requireChargeable(subtotal, currency);
  const metadata = mergeMetadata(null, params.metadata);
  mergeMetadata(null, params.payment_intent_data?.metadata);
  mergeMetadata(null, params.subscription_data?.metadata);
  mergeMetadata(null, params.invoice_creation?.invoice_data?.metadata);
  const tax = taxFields(params);

  const lines = offers.map((offer) => createLine(account, offer, currency));
  if (discount) discountLines(lines, discount.coupon, currency);
  const total = sumOfLines(lines);
  // A total of 0 is allowed; another total must reach the smallest amount that can be charged.
  if (total > 0) requireChargeable(total, currency);
  const session = blankSession(account, { currency, amount: total, expiresAt });
  Object.assign(session, {
    adaptive_pricing: { enabled: params.adaptive_pricing?.enabled ?? false },
    url: `${publicUrl}/c/pay/${session.id}`,
    success_url: successUrl,
    cancel_url: cancelUrl,
    client_reference_id: params.client_reference_id ?? null,
    customer: customer?.id ?? null,
    amount_subtotal: subtotal,
    customer_creation: customer
      ? null
      : mode === 'subscription'
        ? 'always'
        : (params.customer_creation ?? 'if_required'),
    customer_email: params.customer_email ?? null,
    discounts: discount ? [discount.shown] : [],
    payment_status: total === 0 ? 'no_payment_required' : 'unpaid',
    total_details: { amount_discount: subtotal - total, amount_shipping: 0, amount_tax: 0 },
    invoice_creation: mode === 'payment' ? invoiceCreation(params.invoice_creation) : null,
    locale: params.locale ?? null,
    metadata,
    mode,
    payment_method_collection: mode === 'subscription' ? 'always' : 'if_required',
    submit_type: params.submit_type ?? null,
    ...tax,
  } satisfies Partial<Stripe.Checkout.Session>);
  if (customer) session.customer_details = customerDetails(customer.email, customer.name ?? null);
  else if (params.customer_email) session.customer_details = customerDetails(params.customer_email, null);
  account.lineItems.set(session.id, lines);
  keepDataOf(session, params);
  return account.sessions.add(session);
}

function requireOnce({ duration }: Stripe.Coupon): void {
  if (duration === 'once') return;
  throw StripeError.invalid(`The local Stripe does not implement coupons of duration '${duration}' yet.`, {
    param: 'discounts',
  });
}

/** Returns the payer's details as a session shows them. */
export function customerDetails(email: string | null, name: string | null): Stripe.Checkout.Session.CustomerDetails {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  };
}

function requireMode(params: Params): SessionMode {
  const { mode } = params;
  if (mode === undefined) throw StripeError.missingParameter('mode');
  if (mode !== 'payment' && mode !== 'subscription') {
    throw StripeError.invalid(`The local Stripe does not implement mode '${mode}' yet.`, { param: 'mode' });
  }
  const isPayment = mode === 'payment';
  const foreign = isPayment
    ? (['subscription_data'] as const)
    : (['customer_creation', 'invoice_creation', 'payment_intent_data'] as const);
  const param = foreign.find((name) => params[name] !== undefined);
  if (param !== undefined) throw StripeError.invalid(`You can not pass \`${param}\` in \`${mode}\` mode.`, { param });
  return isPayment ? 'payment' : 'subscription';
}

/**
 * Returns a required URL parameter.
 *
 * @throws StripeError that names the parameter, when the URL is missing or isn't valid
 */
export function requireUrl(url: string | undefined, param: string): string {
  if (url === undefined) throw StripeError.missingParameter(param);
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'https:' || protocol === 'http:') return url;
  throw StripeError.invalid('Not a valid URL', { code: 'url_invalid', param });
}

/**
 * Returns the customer of a new session; undefined if the request names no customer.
 *
 * @throws StripeError when the customer doesn't exist, the email address isn't valid, or parameters exclude each other
 */
export function requireCustomer(account: LocalAccount, params: Params): Stripe.Customer | undefined {
  if (params.customer !== undefined && params.customer_email !== undefined) {
    throw StripeError.invalid('You may only specify one of these parameters: customer, customer_email.');
  }
  if (params.customer !== undefined && params.customer_creation !== undefined) {
    throw StripeError.invalid('You may only specify one of these parameters: customer, customer_creation.');
  }
  if (params.customer_email !== undefined) requireEmail(params.customer_email, 'customer_email');
  return params.customer === undefined ? undefined : account.customers.get(params.customer, 'customer');
}

/**
 * Returns the expiry time of a session in Unix seconds: the requested time, else the latest allowed time.
 *
 * @throws StripeError when the requested time isn't between 30 minutes and 24 hours from now
 */
export function requireExpiry(now: number, requested: number | undefined): number {
  if (requested === undefined) return now + EXPIRES_AFTER_SECONDS_MAX;
  if (requested < now + EXPIRES_AFTER_SECONDS_MIN) {
    throw StripeError.invalid(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      { param: 'expires_at' },
    );
  }
  if (requested > now + EXPIRES_AFTER_SECONDS_MAX) {
    throw StripeError.invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    });
  }
  return requested;
}

function sumOfLines(lines: readonly WireLineItem[]): number {
  return lines.reduce((sum, line) => sum + line.amount_total, 0);
}

/** Creates an open session without contents; in setup mode a session has neither currency nor amount. */
export function blankSession(
  account: LocalAccount,
  { currency, amount, expiresAt }: { currency: string | null; amount: number | null; expiresAt: number },
): Stripe.Checkout.Session {
  return {
    id: createId('cs_test_a1', 58),
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: null,
    client_reference_id: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: account.clock.nowSeconds(),
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: null,
    customer_account: null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: expiresAt,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: {},
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: null,
    wallet_options: null,
  };
}
