import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { StripeError } from '../api/stripeError.ts';
import { changeSubscription } from '../billing/changeSubscription.ts';
import { inTimeOf } from '../billing/customerTime.ts';
import { endSubscription } from '../billing/endSubscription.ts';
import { type FirstPayment, startSubscription } from '../billing/startSubscription.ts';
import type { SubscriptionSpec } from '../billing/subscriptionObject.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount, WirePrice, WireSubscription } from '../localAccount.ts';
import { mergeMetadata } from '../metadata.ts';
import { parseCurrency } from '../money.ts';
import { usePaymentMethod } from './paymentMethods.ts';

function createSubscription(account: LocalAccount, params: Stripe.SubscriptionCreateParams): WireSubscription {
  const spec = readSpec(account, params);
  return startSubscription(account, spec, firstPaymentOf(params));
}

function readSpec(account: LocalAccount, params: Stripe.SubscriptionCreateParams): SubscriptionSpec {
  if (params.customer === undefined) throw StripeError.missingParameter('customer');
  const customer = account.customers.get(params.customer, 'customer');
  if (!params.items || params.items.length === 0) throw StripeError.missingParameter('items');
  const items = params.items.map((item, index) => {
    const price = requirePrice(account, item.price, `items[${index}][price]`);
    return { price, quantity: item.quantity ?? 1, metadata: mergeMetadata(null, item.metadata) };
  });
  const currency = params.currency ?? items[0]?.price.currency ?? 'usd';
  return {
    customer,
    items,
    currency: parseCurrency(currency, 'currency'),
    defaultPaymentMethod: requireOwnMethod(account, customer, params.default_payment_method),
    description: params.description ?? null,
    metadata: mergeMetadata(null, params.metadata),
    cancelAtPeriodEnd: params.cancel_at_period_end ?? false,
    savesPaymentMethod: params.payment_settings?.save_default_payment_method === 'on_subscription',
  };
}

/**
 * Returns an active price.
 *
 * @throws StripeError when the price is missing or inactive
 */
function requirePrice(account: LocalAccount, id: string | undefined, param: string): WirePrice {
  if (id === undefined) throw StripeError.missingParameter(param);
  const price = account.prices.get(id, param);
  if (price.active) return price;
  throw StripeError.invalid('The price specified is inactive. This field only accepts active prices.', { param });
}

function requireOwnMethod(account: LocalAccount, customer: Stripe.Customer, id: string | undefined): string | null {
  if (id === undefined) return null;
  const param = 'default_payment_method';
  const method = usePaymentMethod(account, id, param);
  if (idOf(method.customer) === customer.id) return method.id;
  throw StripeError.invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the ` +
      'customer.',
    { code: 'resource_missing', param },
  );
}

function firstPaymentOf(params: Stripe.SubscriptionCreateParams): FirstPayment {
  const offSession = params.off_session ?? false;
  switch (params.payment_behavior ?? 'allow_incomplete') {
    case 'allow_incomplete':
      return { behavior: 'allow_incomplete', offSession };
    case 'error_if_incomplete':
      return { behavior: 'error_if_incomplete', offSession };
    case 'default_incomplete':
      return { behavior: 'default_incomplete' };
    default:
      throw StripeError.invalid(
        `The local Stripe does not implement payment_behavior '${params.payment_behavior}' here.`,
        { param: 'payment_behavior' },
      );
  }
}

/** Changes a subscription at the time of its customer's test clock. */
function inItsTime(
  account: LocalAccount,
  id: string,
  change: (subscription: WireSubscription) => void,
): WireSubscription {
  const subscription = account.subscriptions.get(id);
  inTimeOf(account, idOf(subscription.customer) ?? '', () => change(subscription));
  return subscription;
}

function cancelNow(account: LocalAccount, subscription: WireSubscription): void {
  if (subscription.ended_at !== null) throw StripeError.noSuch('subscription', subscription.id);
  endSubscription(account, subscription, 'cancellation_requested');
}

/** Returns whether a subscription matches a wanted status. Without a wanted status, it must not have ended. */
function hasStatus({ status }: WireSubscription, wanted: string | undefined): boolean {
  const hasEnded = status === 'canceled' || status === 'incomplete_expired';
  if (wanted === 'all') return true;
  if (wanted === 'ended') return hasEnded;
  return wanted === undefined ? status !== 'canceled' : status === wanted;
}

export const subscriptions: Resource = {
  routes: [
    defineRoute<Stripe.SubscriptionCreateParams>({
      method: 'POST',
      path: '/v1/subscriptions',
      accepts: [
        'cancel_at_period_end',
        'currency',
        'customer',
        'default_payment_method',
        'description',
        'items.metadata',
        'items.price',
        'items.quantity',
        'metadata',
        'off_session',
        'payment_behavior',
        'payment_settings.save_default_payment_method',
      ],
      handle: ({ account, params }) =>
        inTimeOf(account, params.customer ?? '', () => createSubscription(account, params)),
    }),
    defineRoute<Stripe.SubscriptionUpdateParams>({
      method: 'POST',
      path: '/v1/subscriptions/{id}',
      accepts: [
        'cancel_at_period_end',
        'default_payment_method',
        'description',
        'items.id',
        'items.price',
        'items.quantity',
        'metadata',
        'payment_behavior',
        'proration_behavior',
      ],
      handle: ({ account, params, id }) =>
        inItsTime(account, id, (subscription) => changeSubscription(account, subscription, params)),
    }),
    defineRoute<Stripe.SubscriptionCancelParams>({
      method: 'DELETE',
      path: '/v1/subscriptions/{id}',
      accepts: [],
      handle: ({ account, id }) => inItsTime(account, id, (subscription) => cancelNow(account, subscription)),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/subscriptions/{id}',
      accepts: [],
      handle: ({ account, id }) => account.subscriptions.get(id),
    }),
    defineRoute<Stripe.SubscriptionListParams>({
      method: 'GET',
      path: '/v1/subscriptions',
      accepts: [...LIST_PARAMETERS, 'created', 'customer', 'price', 'status', 'test_clock'],
      handle: ({ account, params, path }) => {
        const found = account.subscriptions
          .newestFirst()
          .filter(
            (subscription) =>
              isCreatedWithin(subscription.created, params.created) &&
              (params.customer ?? idOf(subscription.customer)) === idOf(subscription.customer) &&
              (params.test_clock ?? idOf(subscription.test_clock)) === idOf(subscription.test_clock) &&
              (params.price === undefined || subscription.items.data.some(({ price }) => price.id === params.price)) &&
              hasStatus(subscription, params.status),
          );
        return paginate(found, params, path);
      },
    }),
  ],
};
