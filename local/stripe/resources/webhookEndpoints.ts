import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { requireUrl } from '../checkout/createSession.ts';
import { createId } from '../ids.ts';
import { type Stripe, stripeApiVersion } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';

/** Signing secrets of the endpoints. Stripe shows a secret only once, in the answer that creates the endpoint. */
const secrets = new WeakMap<Stripe.WebhookEndpoint, string>();

/** Returns the endpoints, created through the API, that get events of a type. */
export function endpointsFor(account: LocalAccount, eventType: string): { url: string; secret: string }[] {
  return account.webhookEndpoints
    .newestFirst()
    .filter(({ status, enabled_events: types }) => {
      return status === 'enabled' && (types.includes('*') || types.includes(eventType));
    })
    .map((endpoint) => ({ url: endpoint.url, secret: secrets.get(endpoint) ?? '' }));
}

function createEndpoint(account: LocalAccount, params: Stripe.WebhookEndpointCreateParams): object {
  const url = requireUrl(params.url, 'url');
  if (params.api_version !== undefined && params.api_version !== stripeApiVersion) {
    throw StripeError.invalid(`The local Stripe sends events in version ${stripeApiVersion} only.`, {
      param: 'api_version',
    });
  }
  const endpoint = account.webhookEndpoints.add({
    id: createId('we_1', 23),
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: account.clock.nowSeconds(),
    description: params.description || null,
    enabled_events: requireTypes(params.enabled_events),
    livemode: false,
    metadata: mergeMetadata(null, params.metadata),
    status: 'enabled',
    url,
  });
  const secret = createId('whsec_', 32);
  secrets.set(endpoint, secret);
  return { ...endpoint, secret };
}

function updateEndpoint(
  account: LocalAccount,
  id: string,
  params: Stripe.WebhookEndpointUpdateParams,
): Stripe.WebhookEndpoint {
  const endpoint = account.webhookEndpoints.get(id);
  if (params.url !== undefined) endpoint.url = requireUrl(params.url, 'url');
  if (params.enabled_events !== undefined) endpoint.enabled_events = requireTypes(params.enabled_events);
  if (params.description !== undefined) endpoint.description = params.description || null;
  if (params.disabled !== undefined) endpoint.status = params.disabled ? 'disabled' : 'enabled';
  endpoint.metadata = mergeMetadata(endpoint.metadata, params.metadata);
  return endpoint;
}

function requireTypes(types: readonly string[] | undefined): string[] {
  if (!types || types.length === 0) throw StripeError.missingParameter('enabled_events');
  if (types.includes('*') && types.length > 1) {
    throw StripeError.invalid('You must not name other events together with `*`.', { param: 'enabled_events' });
  }
  return [...types];
}

export const webhookEndpoints: Resource = {
  routes: [
    defineRoute<Stripe.WebhookEndpointCreateParams>({
      method: 'POST',
      path: '/v1/webhook_endpoints',
      accepts: ['api_version', 'description', 'enabled_events', 'metadata', 'url'],
      handle: ({ account, params }) => createEndpoint(account, params),
    }),
    defineRoute<Stripe.WebhookEndpointUpdateParams>({
      method: 'POST',
      path: '/v1/webhook_endpoints/{id}',
      accepts: ['description', 'disabled', 'enabled_events', 'metadata', 'url'],
      handle: ({ account, params, id }) => updateEndpoint(account, id, params),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/webhook_endpoints/{id}',
      accepts: [],
      handle: ({ account, id }) => account.webhookEndpoints.get(id),
    }),
    defineRoute<Stripe.WebhookEndpointListParams>({
      method: 'GET',
      path: '/v1/webhook_endpoints',
      accepts: LIST_PARAMETERS,
      handle: ({ account, params, path }) => paginate(account.webhookEndpoints.newestFirst(), params, path),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/webhook_endpoints/{id}',
      accepts: [],
      handle: ({ account, id }) => {
        account.webhookEndpoints.get(id);
        account.webhookEndpoints.delete(id);
        return { id, object: 'webhook_endpoint', deleted: true };
      },
    }),
  ],
};
