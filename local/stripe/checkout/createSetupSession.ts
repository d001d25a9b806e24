import { StripeError } from '../api/stripeError.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { parseCurrency } from '../money.ts';
import { createSetupIntent } from '../payments/setups.ts';
import { blankSession, customerDetails, requireCustomer, requireExpiry, requireUrl } from './createSession.ts';

/**
 * Opens a Checkout session in which a customer saves a payment method without paying.
 *
 * @param publicUrl base URL of the page
 * @throws StripeError that names the parameter, when Stripe would refuse the request
 */
export function createSetupSession(
  account: LocalAccount,
  params: Stripe.Checkout.SessionCreateParams,
  publicUrl: string,
): Stripe.Checkout.Session {
  for (const param of ['line_items', 'payment_intent_data', 'submit_type'] as const) {
    if (params[param] === undefined) continue;
    throw StripeError.invalid(`You can not pass \`${param}\` in \`setup\` mode.`, { param });
  }
  const successUrl = requireUrl(params.success_url, 'success_url');
  const cancelUrl = params.cancel_url === undefined ? null : requireUrl(params.cancel_url, 'cancel_url');
  // Stripe needs the currency, because it picks the payment methods that the currency allows.
  if (params.currency === undefined) throw StripeError.missingParameter('currency');
  const currency = parseCurrency(params.currency, 'currency');
  const customer = requireCustomer(account, params);
  const expiresAt = requireExpiry(account.clock.nowSeconds(), params.expires_at);
  const metadata = mergeMetadata(null, params.metadata);
  const setup = createSetupIntent(account, {
    customer: customer?.id ?? null,
    description: params.setup_intent_data?.description ?? null,
    metadata: mergeMetadata(null, params.setup_intent_data?.metadata),
    usage: 'off_session',
  });
  const session = blankSession(account, { currency, amount: null, expiresAt });
  Object.assign(session, {
    mode: 'setup',
    payment_method_collection: 'always',
    payment_status: 'no_payment_required',
    total_details: null,
    url: `${publicUrl}/c/pay/${session.id}`,
    success_url: successUrl,
    cancel_url: cancelUrl,
    client_reference_id: params.client_reference_id ?? null,
    customer: customer?.id ?? null,
    customer_email: params.customer_email ?? null,
    locale: params.locale ?? null,
    metadata,
    setup_intent: setup.id,
  } satisfies Partial<Stripe.Checkout.Session>);
  if (customer) session.customer_details = customerDetails(customer.email, customer.name ?? null);
  return account.sessions.add(session);
}
