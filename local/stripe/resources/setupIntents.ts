import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { confirmSetup, createSetupIntent } from '../payments/setups.ts';

function requestSetup(account: LocalAccount, params: Stripe.SetupIntentCreateParams): Stripe.SetupIntent {
  const customer = params.customer === undefined ? null : account.customers.get(params.customer, 'customer').id;
  return createSetupIntent(account, {
    customer,
    description: params.description ?? null,
    metadata: mergeMetadata(null, params.metadata),
    usage: params.usage ?? 'off_session',
    allowRedirects: params.automatic_payment_methods?.allow_redirects,
  });
}

function confirm(account: LocalAccount, id: string, params: Stripe.SetupIntentConfirmParams): Stripe.SetupIntent {
  const setup = account.setupIntents.get(id);
  const mayRedirect = setup.automatic_payment_methods?.allow_redirects !== 'never';
  if (mayRedirect && params.return_url === undefined) throw StripeError.missingParameter('return_url');
  if (params.payment_method === undefined) throw StripeError.missingParameter('payment_method');
  confirmSetup(account, setup, params.payment_method);
  return setup;
}

export const setupIntents: Resource = {
  routes: [
    defineRoute<Stripe.SetupIntentCreateParams>({
      method: 'POST',
      path: '/v1/setup_intents',
      accepts: ['automatic_payment_methods', 'customer', 'description', 'metadata', 'usage'],
      handle: ({ account, params }) => requestSetup(account, params),
    }),
    defineRoute<Stripe.SetupIntentConfirmParams>({
      method: 'POST',
      path: '/v1/setup_intents/{id}/confirm',
      accepts: ['payment_method', 'return_url'],
      handle: ({ account, params, id }) => confirm(account, id, params),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/setup_intents/{id}',
      accepts: [],
      handle: ({ account, id }) => account.setupIntents.get(id),
    }),
    defineRoute<Stripe.SetupIntentListParams>({
      method: 'GET',
      path: '/v1/setup_intents',
      accepts: [...LIST_PARAMETERS, 'created', 'customer'],
      handle: ({ account, params, path }) => {
        const found = account.setupIntents
          .newestFirst()
          .filter(
            (setup) =>
              isCreatedWithin(setup.created, params.created) &&
              (params.customer ?? idOf(setup.customer)) === idOf(setup.customer),
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
