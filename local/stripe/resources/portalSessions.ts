import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { StripeError } from '../api/stripeError.ts';
import { requireUrl } from '../checkout/createSession.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { useConfiguration } from './portalConfigurations.ts';

function createPortalSession(
  account: LocalAccount,
  params: Stripe.BillingPortal.SessionCreateParams,
  publicUrl: string,
): Stripe.BillingPortal.Session {
  if (params.customer === undefined) throw StripeError.missingParameter('customer');
  const customer = account.customers.get(params.customer, 'customer');
  const returnUrl = params.return_url === undefined ? null : requireUrl(params.return_url, 'return_url');
  const session = account.portalSessions.add({
    id: createId('bps_1', 23),
    object: 'billing_portal.session',
    configuration: useConfiguration(account, params.configuration).id,
    created: account.clock.nowSeconds(),
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: params.locale ?? null,
    on_behalf_of: null,
    return_url: returnUrl,
    url: `${publicUrl}/p/session/${createId('test_', 40)}`,
  });
  account.emit('billing_portal.session.created', session);
  return session;
}

export const portalSessions: Resource = {
  routes: [
    defineRoute<Stripe.BillingPortal.SessionCreateParams>({
      method: 'POST',
      path: '/v1/billing_portal/sessions',
      accepts: ['configuration', 'customer', 'locale', 'return_url'],
      handle: ({ account, params, publicUrl }) => createPortalSession(account, params, publicUrl),
    }),
  ],
};
