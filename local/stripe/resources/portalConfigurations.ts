import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { previousAttributes } from '../changes.ts';
import { requireUrl } from '../checkout/createSession.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';

type Configuration = Stripe.BillingPortal.Configuration;
type Features = Configuration['features'];
type FeatureParams =
  | Stripe.BillingPortal.ConfigurationCreateParams['features']
  | NonNullable<Stripe.BillingPortal.ConfigurationUpdateParams['features']>;

const WRITABLE = [
  'default_return_url',
  'features.customer_update',
  'features.invoice_history',
  'features.payment_method_update.enabled',
  'features.subscription_cancel.enabled',
  'features.subscription_cancel.mode',
  'features.subscription_cancel.proration_behavior',
  'features.subscription_update.default_allowed_updates',
  'features.subscription_update.enabled',
  'features.subscription_update.products.prices',
  'features.subscription_update.products.product',
  'features.subscription_update.proration_behavior',
  'metadata',
  'name',
] as const;

/**
 * Returns the configuration of a portal session: the requested configuration, or the account's default. As Stripe's
 * default can, it enables every feature, including switches of plans with prorations, but it lists no products to
 * switch to.
 *
 * @throws StripeError when the requested configuration doesn't exist or isn't active
 */
export function useConfiguration(account: LocalAccount, id: string | undefined): Configuration {
  if (id === undefined) return defaultConfiguration(account);
  const configuration = account.portalConfigurations.get(id, 'configuration');
  if (configuration.active) return configuration;
  throw StripeError.invalid(`The configuration ${id} is not active.`, { param: 'configuration' });
}

function defaultConfiguration(account: LocalAccount): Configuration {
  const known = account.portalConfigurations.newestFirst().find(({ is_default }) => is_default);
  if (known) return known;
  const blank = blankConfiguration(account);
  blank.features.customer_update = { enabled: true, allowed_updates: ['email', 'address', 'tax_id'] };
  blank.features.invoice_history.enabled = true;
  blank.features.payment_method_update.enabled = true;
  blank.features.subscription_cancel.enabled = true;
  blank.features.subscription_update = {
    ...blank.features.subscription_update,
    enabled: true,
    default_allowed_updates: ['price'],
    proration_behavior: 'create_prorations',
  };
  return account.portalConfigurations.add({ ...blank, is_default: true });
}

function createConfiguration(
  account: LocalAccount,
  params: Stripe.BillingPortal.ConfigurationCreateParams,
): Configuration {
  if (params.features === undefined) throw StripeError.missingParameter('features');
  const configuration = blankConfiguration(account);
  configuration.features = featuresAfter(account, configuration.features, params.features);
  setOthers(configuration, params);
  account.portalConfigurations.add(configuration);
  account.emit('billing_portal.configuration.created', configuration);
  return configuration;
}

function updateConfiguration(
  account: LocalAccount,
  id: string,
  params: Stripe.BillingPortal.ConfigurationUpdateParams,
): Configuration {
  const configuration = account.portalConfigurations.get(id);
  const before = structuredClone(configuration);
  if (params.active === false && configuration.is_default) {
    throw StripeError.invalid('The default configuration can not be deactivated.', { param: 'active' });
  }
  if (params.features) configuration.features = featuresAfter(account, configuration.features, params.features);
  setOthers(configuration, params);
  if (params.active !== undefined) configuration.active = params.active;
  const previous = previousAttributes(before, configuration);
  if (!previous) return configuration;
  configuration.updated = account.clock.nowSeconds();
  account.emit('billing_portal.configuration.updated', configuration, previous);
  return configuration;
}

function setOthers(
  configuration: Configuration,
  params: Pick<Stripe.BillingPortal.ConfigurationUpdateParams, 'default_return_url' | 'metadata' | 'name'>,
): void {
  configuration.metadata = mergeMetadata(configuration.metadata, params.metadata);
  if (params.name !== undefined) configuration.name = params.name || null;
  if (params.default_return_url === undefined) return;
  configuration.default_return_url = params.default_return_url
    ? requireUrl(params.default_return_url, 'default_return_url')
    : null;
}

/** @throws StripeError when switches of plans are enabled but no products are listed */
function featuresAfter(account: LocalAccount, before: Features, params: FeatureParams): Features {
  const { customer_update: customer, invoice_history: invoices, payment_method_update: methods } = params;
  const { subscription_cancel: cancel, subscription_update: update } = params;
  const after = structuredClone(before);
  if (invoices) after.invoice_history.enabled = invoices.enabled;
  if (methods) after.payment_method_update.enabled = methods.enabled;
  if (customer?.enabled !== undefined) after.customer_update.enabled = customer.enabled;
  if (customer?.allowed_updates !== undefined) after.customer_update.allowed_updates = customer.allowed_updates || [];
  if (cancel?.enabled !== undefined) after.subscription_cancel.enabled = cancel.enabled;
  if (cancel?.mode !== undefined) after.subscription_cancel.mode = cancel.mode;
  if (cancel?.proration_behavior !== undefined) {
    after.subscription_cancel.proration_behavior = cancel.proration_behavior;
  }
  if (update?.enabled !== undefined) after.subscription_update.enabled = update.enabled;
  if (update?.default_allowed_updates !== undefined) {
    after.subscription_update.default_allowed_updates = update.default_allowed_updates || [];
  }
  if (update?.proration_behavior !== undefined) {
    after.subscription_update.proration_behavior = update.proration_behavior;
  }
  if (update?.products !== undefined) setProducts(account, after, update.products || []);
  const isComplete = update?.products !== undefined && update.default_allowed_updates !== undefined;
  if (update?.enabled && !before.subscription_update.enabled && !isComplete) {
    throw StripeError.missingParameter('features[subscription_update][products]');
  }
  return after;
}

function setProducts(
  account: LocalAccount,
  { subscription_update: update }: Features,
  products: readonly { product: string; prices: string[] }[],
): void {
  const param = 'features[subscription_update][products]';
  for (const { product, prices } of products) {
    account.products.get(product, param);
    for (const price of prices) account.prices.get(price, param);
  }
  update.products = products.map((sold) => ({
    ...sold,
    adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
  }));
}

function blankConfiguration(account: LocalAccount): Configuration {
  const now = account.clock.nowSeconds();
  return {
    id: createId('bpc_1', 23),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: now,
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: false },
      payment_method_update: { enabled: false, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: [] },
        enabled: false,
        mode: 'at_period_end',
        proration_behavior: 'none',
      },
      subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        products: [],
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    },
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: now,
  };
}

export const portalConfigurations: Resource = {
  routes: [
    defineRoute<Stripe.BillingPortal.ConfigurationCreateParams>({
      method: 'POST',
      path: '/v1/billing_portal/configurations',
      accepts: WRITABLE,
      handle: ({ account, params }) => createConfiguration(account, params),
    }),
    defineRoute<Stripe.BillingPortal.ConfigurationUpdateParams>({
      method: 'POST',
      path: '/v1/billing_portal/configurations/{id}',
      accepts: [...WRITABLE, 'active'],
      handle: ({ account, params, id }) => updateConfiguration(account, id, params),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/billing_portal/configurations/{id}',
      accepts: [],
      handle: ({ account, id }) => account.portalConfigurations.get(id),
    }),
    defineRoute<Stripe.BillingPortal.ConfigurationListParams>({
      method: 'GET',
      path: '/v1/billing_portal/configurations',
      accepts: [...LIST_PARAMETERS, 'active', 'is_default'],
      handle: ({ account, params, path }) => {
        const found = account.portalConfigurations
          .newestFirst()
          .filter(
            ({ active, is_default }) =>
              (params.active ?? active) === active && (params.is_default ?? is_default) === is_default,
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
